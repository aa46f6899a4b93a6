% Named columns of equal height, the part of MATLAB's table that numerical
% code uses: t.name, t.name(rows), t(rows,:), t(rows,:)=[], [t1;t2], size.
% Syntax:
%
%           t=table(column1,column2,...,'VariableNames',{'name1','name2',...})
%
% Inputs:
%
%    columns        - arrays with the same number of rows
%    VariableNames  - cell array of as many different names; default
%                     Var1, Var2, ...
%
% Outputs:
%
%    t              - object of class table

function t=table(varargin)

columns=varargin; names={};
for n=1:nargin
    if ischar(varargin{n})&&strcmp(varargin{n},'VariableNames')
        names=varargin{n+1}; columns=varargin(1:(n-1)); break;
    end
end
if isempty(names)
    names=arrayfun(@(n)sprintf('Var%d',n),1:numel(columns),'UniformOutput',false);
end
grumble(columns,names);
t.names=reshape(names,1,[]); t.columns=reshape(columns,1,[]);
t=class(t,'table');

end

% Consistency enforcement
function grumble(columns,names)
if isempty(columns)
    error('table:empty','at least one column is needed.');
end
if numel(names)~=numel(columns)||numel(unique(names))~=numel(names)
    error('table:names','as many different names as columns are needed.');
end
heights=cellfun(@(x)size(x,1),columns);
if ~all(heights==heights(1))
    error('table:rows','all columns must have the same number of rows.');
end
end

%!test t=table([1;2;3],{'a';'b';'c'},'VariableNames',{'x','y'});
%! assert(t.x,[1;2;3]); assert(t.y,{'a';'b';'c'});
%! assert(t.x(2),2); assert(t.y{3},'c'); assert(size(t),[3 2]); assert(size(t,1),3);
%!test t=table([1;2;3],[4 5;6 7;8 9],'VariableNames',{'x','y'});
%! u=t([3 1],:); assert(u.x,[3;1]); assert(u.y,[8 9;4 5]);
%! t(logical([0;1;0]),:)=[]; assert(t.x,[1;3]); assert(t.y,[4 5;8 9]);
%!test t=table([1;2],'VariableNames',{'x'}); u=[t;t]; assert(u.x,[1;2;1;2]);
%!test t=table([1;2],'VariableNames',{'x'}); t.x(2)=7; assert(t.x,[1;7]);
%!test t=table([1;2],[3;4]); assert(t.Var2,[3;4]);
%!error <rows> table([1;2],[1;2;3])
%!error <names> table([1;2],'VariableNames',{'x','y'})
%!error <no column> t=table([1;2],'VariableNames',{'x'}); t.z
