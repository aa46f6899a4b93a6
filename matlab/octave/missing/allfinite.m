% Whether every element is finite: no Inf, no NaN. True for empty arrays.
% Syntax:
%
%           answer=allfinite(x)
%
% Inputs:
%
%    x       - numeric, logical or char array, full or sparse
%
% Outputs:
%
%    answer  - logical scalar

function answer=allfinite(x)

grumble(x);
if issparse(x), x=nonzeros(x); end
answer=all(isfinite(x(:)));

end

% Consistency enforcement
function grumble(x)
if ~(isnumeric(x)||islogical(x)||ischar(x))
    error('allfinite:type','x must be numeric, logical or char, not %s.',class(x));
end
end

%!assert(allfinite([1 2;3 4]))
%!assert(~allfinite([1 NaN]))
%!assert(~allfinite(sparse([0 Inf])))
%!assert(allfinite([]))
%!assert(~allfinite(complex(1,NaN)))
