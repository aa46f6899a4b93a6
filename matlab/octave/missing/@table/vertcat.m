% Tables with the same columns on top of each other: [t1;t2;...].
% Syntax: t=vertcat(t1,t2,...).

function t=vertcat(varargin)

varargin=varargin(cellfun(@(x)isa(x,'table'),varargin));
t=varargin{1};
for n=2:nargin
    grumble(t,varargin{n});
    for k=1:numel(t.columns)
        [~,where]=ismember(t.names{k},varargin{n}.names);
        t.columns{k}=[t.columns{k}; varargin{n}.columns{where}];
    end
end

end

% Consistency enforcement
function grumble(a,b)
if ~isequal(sort(a.names),sort(b.names))
    error('table:names','tables on top of each other must have the same columns.');
end
end
