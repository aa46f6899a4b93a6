% min() of Octave with MATLAB's 'all' flag. Syntax:
%
%           [m,where]=min(x), min(x,y), min(x,[],dim), min(x,[],'all')
%
% Inputs:
%
%    x,y     - arrays
%    dim     - dimension, as in the built-in
%    'all'   - over all elements at once
%
% Outputs:
%
%    m       - as the built-in; with 'all' a scalar
%    where   - its index; with 'all' the linear index

function [m,where]=min(x,varargin)

if nargin==1&&nargout<2
    m=builtin('min',x); return;
end
if nargin==3&&isempty(varargin{1})&&ischar(varargin{2})&&strcmp(varargin{2},'all')
    x=x(:); varargin={};
end
if nargout<2
    m=builtin('min',x,varargin{:});
else
    [m,where]=builtin('min',x,varargin{:});
end

end

%!assert(min([2 5;3 1],[],'all'),1)
%!test [m,k]=min([2 5;3 1],[],'all'); assert([m k],[1 4]);
%!assert(min([2 5;3 1]),[2 1])
%!assert(min([2 5;3 1],[],2),[2;1])
%!assert(min([1 5],[2 2]),[1 2])
