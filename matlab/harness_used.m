% Names of the functions that a request really calls, as Octave's profiler
% sees them. Used to list which compatibility functions are needed, and which
% functions of Spinach a trajectory rests on. Syntax:
%
%           names=harness_used(request_file,result_file)
%
% Inputs:
%
%    request_file, result_file  - as harness_run.m
%
% Outputs:
%
%    names   - cell column of function names; methods of old-style classes as
%              @class/name, functions inside a file as file>name

function names=harness_used(request_file,result_file)

grumble();
profile('on');
harness_run(request_file,result_file);
profile('off');
info=profile('info');
names=sort(reshape({info.FunctionTable.FunctionName},[],1));

end

% Consistency enforcement
function grumble()
if exist('OCTAVE_VERSION','builtin')==0
    error('harness:octave','this question is about GNU Octave.');
end
end
