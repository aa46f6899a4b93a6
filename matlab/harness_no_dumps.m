% Keeps GNU Octave from writing a file octave-workspace into the current
% folder (which may be this one, inside an installation) when it is ended by
% a signal. Does nothing under MATLAB. Syntax:
%
%           harness_no_dumps()
%
% Inputs and outputs:
%
%    none; settings of the session are changed

function harness_no_dumps()

if exist('OCTAVE_VERSION','builtin')==0, return; end
for name={'crash_dumps_octave_core','sighup_dumps_octave_core', ...
          'sigquit_dumps_octave_core','sigterm_dumps_octave_core'}
    if exist(name{1},'builtin')~=0, feval(name{1},false); end
end

end

%!test
%! harness_no_dumps();
%! assert(sigterm_dumps_octave_core(),false);
%! assert(crash_dumps_octave_core(),false);
