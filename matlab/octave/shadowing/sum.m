% sum() of Octave with MATLAB's 'all' flag. Syntax:
%
%           s=sum(x), s=sum(x,dim), s=sum(x,'all')
%
% Inputs:
%
%    x       - array
%    dim     - dimension, as in the built-in; other built-in options pass
%    'all'   - over all elements at once
%
% Outputs:
%
%    s       - as the built-in; with 'all' a scalar

function s=sum(x,dim,varargin)

if nargin==1
    s=builtin('sum',x);
elseif strcmp(dim,'all')
    s=builtin('sum',x(:));
else
    s=builtin('sum',x,dim,varargin{:});
end

end

%!assert(sum([1 2;3 4],'all'),10)
%!assert(sum(ones(2,3,4),'all'),24)
%!assert(sum([1 2;3 4]),[4 6])
%!assert(sum([1 2;3 4],2),[3;7])
%!assert(sum([],'all'),0)
%!assert(full(sum(sparse([1 2;3 4]),'all')),10)
