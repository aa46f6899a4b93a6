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
% As @double/any.m, for text and for a logical array with a flag, which Octave
% counts as char.

function answer=any(x,dim)

if nargin==1
    answer=builtin('any',x);
elseif strcmp(dim,'all')
    answer=full(builtin('any',x(:)));
else
    answer=builtin('any',x,dim);
end

end

%!assert(any([false false;false true],'all'))
%!assert(~any(false(2,2,2),'all'))
%!assert(any(sparse([false true]),'all'))
%!assert(~issparse(any(sparse([false true]),'all')))
%!assert(any([false;true]))
%!assert(any([false true;false false],2),[true;false])
%!assert(any('abc'))
