% all() of Octave with MATLAB's 'all' flag. Syntax:
%
%           answer=all(x), answer=all(x,dim), answer=all(x,'all')
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
% As @double/all.m, for single precision.

function answer=all(x,dim)

if nargin==1
    answer=builtin('all',x);
elseif strcmp(dim,'all')
    answer=full(builtin('all',x(:)));
else
    answer=builtin('all',x,dim);
end

end

%!assert(~all(single([1 1;0 1]),'all'))
%!assert(all(single([1 1;0 1])),logical([0 1]))
%!assert(all(single([1 1;0 1]),2),logical([1;0]))
