% Runs an m-file with Spinach on the path, from inside a function: Spinach
% refuses to be called from the top level. Syntax:
%
%           harness_call(spinach_root,script)
%
% Inputs:
%
%    spinach_root  - folder of Spinach
%    script        - path of an m-file: a script, or a function that needs
%                    no arguments
%
% Outputs:
%
%    none; an error prints "file:line: message" and ends the process with
%    status 1 (in a batch process)

function harness_call(spinach_root,script)

grumble(script);
harness_path(spinach_root,'full');
try
    if exist('OCTAVE_VERSION','builtin')~=0
        [folder,name]=fileparts(script); addpath(folder);
        if is_function(script), feval(name); else, source(script); end
    else
        run(script);
    end
catch err
    place='';
    if ~isempty(err.stack)
        place=err.stack(1).name;
        if isfield(err.stack,'file')&&~isempty(err.stack(1).file), place=err.stack(1).file; end
        place=sprintf('%s:%d: ',place,err.stack(1).line);
    end
    fprintf(2,'%s%s\n',place,err.message);
    exit(1);
end

end

% Whether the first word of an m-file is "function"
function answer=is_function(script)
text=regexprep(fileread(script),'(?m)^\s*[%#].*$','');
answer=~isempty(regexp(text,'^\s*function\W','once'));
end

% Consistency enforcement
function grumble(script)
if ~ischar(script)||exist(script,'file')~=2
    error('harness:script','the script does not exist.');
end
[~,name,kind]=fileparts(script);
if ~isvarname(name)||~strcmp(kind,'.m')
    error('harness:script','the script must have the name of an m-file: letters, digits, "_" and ".m".');
end
end
