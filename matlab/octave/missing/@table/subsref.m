% Reading from a table: t.name, t.name(rows), t(rows,:), t(rows,names).
% Syntax as MATLAB's subsref: value=subsref(t,index).

function value=subsref(t,index)

switch index(1).type
    case '.'
        where=strcmp(t.names,index(1).subs);
        if ~builtin('any',where)
            error('table:column','table has no column %s.',index(1).subs);
        end
        value=t.columns{where};
        if numel(index)==2&&strcmp(index(2).type,'()')
            value=value(index(2).subs{:}); return;
        end
    case '()'
        rows=index(1).subs{1}; which_cols=index(1).subs{2};
        if ischar(which_cols)&&strcmp(which_cols,':')
            which_cols=1:numel(t.names);
        elseif ischar(which_cols)||iscell(which_cols)
            [known,which_cols]=ismember(which_cols,t.names);
            if ~all(known), error('table:column','table has no such column.'); end
        end
        value=t; value.names=t.names(which_cols);
        value.columns=cellfun(@(c)c(rows,:),t.columns(which_cols),'UniformOutput',false);
    otherwise
        error('table:index','t{...} is not available under Octave.');
end
if numel(index)>1, value=subsref(value,index(2:end)); end

end
