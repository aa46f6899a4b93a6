% any() of Octave with MATLAB's 'all' flag. Syntax:
%
%           answer=any(x), answer=any(x,dim), answer=any(x,'all')
%
% Inputs:
%
%    x       - array
%    dim     - dimension, as in the built-in
%    'all'   - over all elements at once
%
% Outputs:
%
%    answer  - as the built-in; with 'all' a logical scalar
%
% As @double/any.m, for single precision.

function answer=any(x,dim)

if nargin==1
    answer=builtin('any',x);
elseif strcmp(dim,'all')
    answer=full(builtin('any',x(:)));
else
    answer=builtin('any',x,dim);
end

end

%!assert(any(single([0 0;0 1]),'all'))
%!assert(any(single([0 0;0 1])),logical([0 1]))
%!assert(any(single([0 0;0 1]),2),logical([0;1]))
