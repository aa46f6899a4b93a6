% Answers a file of spin-echo jobs with a file of curves. Syntax:
%
%           harness_echo_run(request_file,result_file)
%
% Inputs:
%
%    request_file  - .mat file with "jobs", a cell row of structures, see
%                    harness_echo.m
%    result_file   - where to write: .mat file with "real", "imag" (one row
%                    for each job) and "engine", the name and version of the
%                    program
%
% Outputs:
%
%    none; the result is written to a temporary name and renamed

function harness_echo_run(request_file,result_file)

grumble(request_file,result_file);
content=load(request_file); jobs=content.jobs; if ~iscell(jobs), jobs={jobs}; end
curves=cell(numel(jobs),1);
for n=1:numel(jobs), curves{n}=harness_echo(jobs{n}); end
curves=cell2mat(curves);
result=struct('real',real(curves),'imag',imag(curves),'engine',engine_name());
partial=[result_file '.part'];
save(partial,'-v7','-struct','result');
if exist('OCTAVE_VERSION','builtin')~=0
    status=rename(partial,result_file); done=(status==0);
else
    done=movefile(partial,result_file);
end
if ~done, error('harness:write','cannot write the result file.'); end

end

% Which program runs this
function name=engine_name()
if exist('OCTAVE_VERSION','builtin')~=0
    name=['octave ' OCTAVE_VERSION()];
else
    name=['matlab ' version()];
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
