% Runs Spinach's own regression tests one by one and writes a line for each
% as it finishes, so that a test which ends the process costs only itself.
% Syntax:
%
%           harness_kernel_tests(spinach_root,first,report_file)
%
% Inputs:
%
%    spinach_root  - folder of Spinach, with tests/
%    first         - number of the first test to run, from 1
%    report_file   - text file to append to; per test: number, identifier,
%                    PASS or FAIL, seconds, call stack of the error (file:line,
%                    innermost first, " < " between) and its message,
%                    separated by tabs; a line "number identifier START"
%                    goes before
%
% Outputs:
%
%    none
%
% Tests of a Spinach release without tests/lib/test_manifest.m: none are run,
% and the report stays empty.

function harness_kernel_tests(spinach_root,first,report_file)

grumble(first,report_file);
harness_path(spinach_root,'full');
tests=fullfile(spinach_root,'tests');
if exist(fullfile(tests,'lib','test_manifest.m'),'file')~=2, return; end
addpath(tests,'-end'); addpath(genpath(tests),'-end');
manifest=test_manifest();
for n=first:numel(manifest)
    note(report_file,sprintf('%d\t%s\tSTART\t0\t\t\n',n,manifest(n).id));
    [status,seconds,place,message]=attempt(manifest(n).function);
    note(report_file,sprintf('%d\t%s\t%s\t%.3f\t%s\t%s\n',n,manifest(n).id,...
                             status,seconds,one_line(place),one_line(message)));
end

end

% One test
function [status,seconds,place,message]=attempt(name)
watch=tic; status='PASS'; place=''; message='';
try
    feval(name);
catch err
    status='FAIL'; message=err.message;
    for n=1:numel(err.stack)
        frame=err.stack(n); where=frame.name;
        if isfield(frame,'file')&&~isempty(frame.file), where=frame.file; end
        if isempty(where)||strcmp(frame.name,'attempt'), continue; end
        place=sprintf('%s%s:%d < ',place,where,frame.line);
    end
    place=regexprep(place,' < $','');
end
seconds=toc(watch); close('all');
end

% Tabs and line ends would break the report
function text=one_line(text)
text=regexprep(text,'\s+',' ');
end

% Appended and closed at once, to survive what comes next
function note(report_file,text)
handle=fopen(report_file,'a'); fprintf(handle,'%s',text); fclose(handle);
end

% Consistency enforcement
function grumble(first,report_file)
if ~isscalar(first)||first<1||mod(first,1)~=0
    error('harness:first','first must be a whole number of at least 1.');
end
if ~ischar(report_file)
    error('harness:names','the report file must be a character row.');
end
end
