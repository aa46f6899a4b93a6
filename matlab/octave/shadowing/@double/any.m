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
% Octave picks a function by the class of its arguments, so that logical
% arrays alone, the most frequent case by far, go to the built-in without
% passing here. (logical,'all') counts as char and is in @char.

function answer=any(x,dim)

if nargin==1
    answer=builtin('any',x);
elseif strcmp(dim,'all')
    answer=full(builtin('any',x(:)));
else
    answer=builtin('any',x,dim);
end

end

%!assert(any([0 0;0 1],'all'))
%!assert(~any(zeros(2,2,2),'all'))
%!assert(any([0 0;0 1]),logical([0 1]))
%!assert(any([0 0;0 1],2),logical([0;1]))
%!assert(any([],'all'),false)
%!assert(any(sparse([0 1]),'all'))
%!assert(any([0 1i],'all'))
