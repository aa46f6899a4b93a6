% Seconds since 1970-01-01 00:00:00 UTC of a datetime value. Syntax:
%
%           seconds=posixtime(t)
%
% Inputs:
%
%    t        - what datetime() returned
%
% Outputs:
%
%    seconds  - double, fractional seconds

function seconds=posixtime(t)

grumble(t);
seconds=t.unix_s;

end

% Consistency enforcement
function grumble(t)
if ~isstruct(t)||~isfield(t,'unix_s')
    error('posixtime:type','t must come from datetime().');
end
end

%!assert(isa(posixtime(datetime('now')),'double'))
%!error <datetime> posixtime(1)
