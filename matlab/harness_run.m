% Answers a request file with a result file. The same function serves every
% engine: MATLAB Engine, matlab -batch, octave-cli and an oct2py session.
% Syntax:
%
%           harness_run(request_file,result_file)
%
% Inputs:
%
%    request_file  - .mat file with a structure "request":
%                      schema        'spin-harness-request-1'
%                      method        'spinach' or 'exact'
%                      spinach_root  folder of Spinach, bytes (uint8; none
%                                    for 'exact')
%                      scratch       folder for temporary files, bytes
%                      jobs          cell row of job structures, see
%                                    harness_spinach.m
%    result_file   - where to write: v7 .mat file with a structure "result":
%                      schema, engine, engine_version, start-up times, and
%                      jobs, a cell row in the order of the request; each has
%                      ok=1 and the fields of harness_spinach.m, or ok=0 and
%                      message, identifier, file, where (call stack), each
%                      as bytes, and line
%
% Outputs:
%
%    none; the result is written to a temporary name and renamed
%
% One failing job does not stop the others. Strings in the request are data:
% none is evaluated or handed to a shell. Paths and messages may hold any
% character, see harness_text.m; the two file names may be bytes as well.

function harness_run(request_file,result_file)

request_file=harness_text(request_file); result_file=harness_text(result_file);
grumble(request_file,result_file);
watch=tic; cpu=cputime();
content=load(request_file); request=content.request;
check_request(request);
root=harness_text(request.spinach_root); scratch=harness_text(request.scratch);
if exist(scratch,'dir')~=7, error('harness:scratch','the scratch folder %s does not exist.',scratch); end
result=struct('schema','spin-harness-result-1');
[result.engine,result.engine_version]=engine_name();
if strcmp(request.method,'spinach'), harness_path(root); end
result.setup_wall_s=toc(watch); result.setup_cpu_s=cputime()-cpu;

% The jobs, each on its own
jobs=request.jobs; if ~iscell(jobs), jobs={jobs}; end
result.jobs=cell(1,numel(jobs));
for n=1:numel(jobs)
    try
        if strcmp(request.method,'spinach')
            answer=harness_spinach(jobs{n},scratch);
        else
            answer=harness_exact(jobs{n});
        end
        answer.ok=1;
    catch err
        answer=failure(err);
    end
    result.jobs{n}=answer;
end

% Whole or not at all
partial=[result_file '.part'];
save(partial,'-v7','result');
[done,message]=renamed(partial,result_file);
if ~done, error('harness:write','cannot write %s: %s',result_file,message); end

end

% Rename a file. Octave's movefile() hands names to a shell: not used there
function [done,message]=renamed(old,new)
if exist('OCTAVE_VERSION','builtin')~=0
    [status,message]=rename(old,new); done=(status==0);
else
    [done,message]=movefile(old,new);
end
end

% Which program runs this
function [name,version_text]=engine_name()
if exist('OCTAVE_VERSION','builtin')~=0
    name='octave'; version_text=OCTAVE_VERSION();
else
    name='matlab'; version_text=version();
end
end

% What went wrong, and where
function answer=failure(err)
answer=struct('ok',0,'message',harness_bytes(err.message),'identifier',harness_bytes(err.identifier),...
              'file',harness_bytes(''),'line',0,'where',harness_bytes(''));
lines=cell(1,numel(err.stack));
for n=1:numel(err.stack)
    frame=err.stack(n); place=frame.name;
    if isfield(frame,'file')&&~isempty(frame.file), place=frame.file; end
    lines{n}=sprintf('%s:%d (%s)\n',place,frame.line,frame.name);
    if n==1, answer.file=harness_bytes(place); answer.line=frame.line; end
end
if ~isempty(lines), answer.where=harness_bytes([lines{:}]); end
end

% The request is of the kind this function answers
function check_request(request)
if ~isfield(request,'schema')||~strcmp(request.schema,'spin-harness-request-1')
    error('harness:schema','the request is not of schema spin-harness-request-1.');
end
if ~any(strcmp(request.method,{'spinach','exact'}))
    error('harness:method','method must be spinach or exact.');
end
end

% Consistency enforcement
function grumble(request_file,result_file)
if ~ischar(request_file)||~ischar(result_file)
    error('harness:names','file names must be character rows.');
end
if exist(request_file,'file')~=2
    error('harness:names','the request file does not exist.');
end
end
