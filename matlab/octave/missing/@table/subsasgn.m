% Writing to a table: t.name=column, t.name(rows)=values, t(rows,:)=[].
% Syntax as MATLAB's subsasgn: t=subsasgn(t,index,value).

function t=subsasgn(t,index,value)

if strcmp(index(1).type,'.')
    where=find(strcmp(t.names,index(1).subs));
    if numel(index)>1
        if isempty(where), error('table:column','table has no column %s.',index(1).subs); end
        value=subsasgn(t.columns{where},index(2:end),value);
    end
    if size(value,1)~=size(t.columns{1},1)
        error('table:rows','a column must have %d rows.',size(t.columns{1},1));
    end
    if isempty(where), where=numel(t.names)+1; t.names{where}=index(1).subs; end
    t.columns{where}=value;
elseif strcmp(index(1).type,'()')&&isempty(value)&&numel(index)==1&&...
       ischar(index(1).subs{2})&&strcmp(index(1).subs{2},':')
    rows=index(1).subs{1};
    for n=1:numel(t.columns), t.columns{n}(rows,:)=[]; end
else
    error('table:index','this assignment to a table is not available under Octave.');
end

end
