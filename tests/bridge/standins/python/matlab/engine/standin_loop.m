% The Octave end of the stand-in engine. Reads pairs of lines from standard
% input: the file with a call, the file for its answer. Ends with the input.
% An empty line follows each pair: fgetl() waits for one character more.

while true
    asked=fgetl(stdin); if ~ischar(asked), break; end
    if isempty(asked), continue; end
    answered=fgetl(stdin); if ~ischar(answered), break; end
    request=load(asked); call=request.call; answer=struct('ok',1,'values',[]);
    try
        if call.nargout==0
            feval(call.name,call.args{:});
        else
            answer.values=feval(call.name,call.args{:});
        end
    catch err
        answer=struct('ok',0,'message',err.message,'file','','line',0);
        if ~isempty(err.stack)
            answer.file=err.stack(1).name; answer.line=err.stack(1).line;
            if isfield(err.stack,'file')&&~isempty(err.stack(1).file), answer.file=err.stack(1).file; end
        end
    end
    save('-v7',answered,'answer');
    printf('standin: done\n'); fflush(stdout);
end
