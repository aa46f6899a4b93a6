% The present moment as MATLAB's datetime('now') has it, reduced to what a
% caller can do with it here: posixtime() and char(). Syntax:
%
%           t=datetime('now')
%
% Inputs:
%
%    when    - 'now' (the default); other forms are refused
%
% Outputs:
%
%    t       - structure with the field unix_s: seconds since
%              1970-01-01 00:00:00 UTC, to microseconds

function t=datetime(when)

if nargin<1, when='now'; end
grumble(when);
t=struct('unix_s',time());

end

% Consistency enforcement
function grumble(when)
if ~ischar(when)||~strcmp(when,'now')
    error('datetime:form','only datetime(''now'') is available under Octave.');
end
end

%!assert(abs(posixtime(datetime('now'))-time())<1)
%!assert(posixtime(datetime())<=posixtime(datetime()))
%!error <now> datetime('tomorrow')
