% The current parallel pool: none under Octave. Syntax:
%
%           pool=gcp(policy)
%
% Inputs:
%
%    policy  - 'nocreate'; without it MATLAB would start a pool, and that
%              is refused here
%
% Outputs:
%
%    pool    - empty

function pool=gcp(policy)

if nargin<1, policy=''; end
grumble(policy);
pool=[];

end

% Consistency enforcement
function grumble(policy)
if ~strcmp(policy,'nocreate')
    error('gcp:pool','Octave has no parallel pools; only gcp(''nocreate'') has an answer.');
end
end

%!assert(isempty(gcp('nocreate')))
%!error <pools> gcp()
