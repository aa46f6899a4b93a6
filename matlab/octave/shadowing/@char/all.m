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
% As @double/all.m, for text and for a logical array with a flag, which Octave
% counts as char.

function answer=all(x,dim)

if nargin==1
    answer=builtin('all',x);
elseif strcmp(dim,'all')
    answer=full(builtin('all',x(:)));
else
    answer=builtin('all',x,dim);
end

end

%!assert(~all([true true;false true],'all'))
%!assert(all(true(2,2,2),'all'))
%!assert(all(sparse([true true]),'all'))
%!assert(all([true;true]))
%!assert(all([true true;false true],2),[true;false])
%!assert(all('abc'))
