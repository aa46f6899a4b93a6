% Process identifier of this MATLAB or GNU Octave, so that a caller can end a
% process that does not answer. Syntax:
%
%           pid=harness_pid()
%
% Inputs:
%
%    none
%
% Outputs:
%
%    pid   - double

function pid=harness_pid()

if exist('OCTAVE_VERSION','builtin')~=0
    pid=double(getpid());
else
    pid=double(feature('getpid'));
end

end

%!assert(harness_pid()>1)
