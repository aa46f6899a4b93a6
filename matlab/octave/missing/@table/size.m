% Rows and columns of a table, as size() of a matrix has them.
% Syntax: s=size(t), n=size(t,dim), [rows,cols]=size(t).

function varargout=size(t,dim)

shape=[size(t.columns{1},1) numel(t.columns)];
if nargin>1
    varargout={1}; if dim<=2, varargout={shape(dim)}; end
elseif nargout<2
    varargout={shape};
else
    varargout=[num2cell(shape) repmat({1},1,nargout-2)];
end

end
