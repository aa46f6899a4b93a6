% Puts our compatibility functions on GNU Octave's path: functions that
% Octave lacks at the end, functions that must shadow Octave's own at the
% beginning. Octave's own versions of the shadowed m-files are taken hold of
% first, because a shadow hands most calls on. Does nothing under MATLAB.
% Syntax:
%
%           harness_octave()
%
% Inputs and outputs:
%
%    none; the path is changed

function harness_octave()

if exist('OCTAVE_VERSION','builtin')==0, return; end
warning('off','Octave:shadowed-function');
here=fileparts(mfilename('fullpath'));
addpath(fullfile(here,'octave','missing'),'-end');
octave_own('ismember'); octave_own('num2str'); octave_own('cell2mat');
addpath(fullfile(here,'octave','shadowing'),'-begin');

end
