% Puts Spinach, and under GNU Octave our compatibility functions, on the
% path: functions that Octave lacks at its end, functions that must shadow
% a built-in at its beginning. MATLAB gets Spinach only. Syntax:
%
%           harness_path(spinach_root,scope)
%
% Inputs:
%
%    spinach_root  - folder that holds Spinach's kernel/
%    scope         - 'kernel' (default), or 'full' to add Spinach's
%                    experiments/, interfaces/ and etc/ for users' scripts
%
% Outputs:
%
%    none; the path is changed
%
% Calling it again with the same arguments changes nothing.

function harness_path(spinach_root,scope)

if nargin<2, scope='kernel'; end
grumble(spinach_root,scope);

% A session that answers many calls need not walk the folders each time
persistent done
if isequal(done,{spinach_root,scope}), return; end
done={spinach_root,scope};

% Shadowing is what we want here: no warning for it
if exist('OCTAVE_VERSION','builtin')~=0, warning('off','Octave:shadowed-function'); end

% Spinach itself
parts={'kernel'};
if strcmp(scope,'full'), parts={'etc','experiments','interfaces','kernel'}; end
for n=1:numel(parts)
    folder=fullfile(spinach_root,parts{n});
    if exist(folder,'dir')==7, addpath(genpath(folder),'-begin'); end
end

% Functions that Octave lacks, and shadows of Octave's own
harness_octave();

end

% Consistency enforcement
function grumble(spinach_root,scope)
if ~ischar(spinach_root)||isempty(spinach_root)
    error('harness:root','spinach_root must be a character row.');
end
if any(spinach_root==pathsep())
    error('harness:root','the path of Spinach must not contain %s.',pathsep());
end
if exist(fullfile(spinach_root,'kernel','evolution.m'),'file')~=2
    error('harness:root','no Spinach in %s: kernel/evolution.m is missing.',spinach_root);
end
if ~any(strcmp(scope,{'kernel','full'}))
    error('harness:scope','scope must be ''kernel'' or ''full''.');
end
end
