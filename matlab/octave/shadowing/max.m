% max() of Octave with MATLAB's 'all' flag. Syntax:
%
%           [m,where]=max(x), max(x,y), max(x,[],dim), max(x,[],'all')
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

function [m,where]=max(x,varargin)

if nargin==1&&nargout<2
    m=builtin('max',x); return;
end
if nargin==3&&isempty(varargin{1})&&ischar(varargin{2})&&strcmp(varargin{2},'all')
    x=x(:); varargin={};
end
if nargout<2
    m=builtin('max',x,varargin{:});
else
    [m,where]=builtin('max',x,varargin{:});
end

end

%!assert(max([1 5;3 4],[],'all'),5)
%!test [m,k]=max([1 5;3 4],[],'all'); assert([m k],[5 3]);
%!assert(max([1 5;3 4]),[3 5])
%!assert(max([1 5;3 4],[],2),[5;4])
%!assert(max([1 5],[2 2]),[2 5])
