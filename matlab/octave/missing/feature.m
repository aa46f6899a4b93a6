% Facts about the process and the machine, by MATLAB's names. Syntax:
%
%           value=feature(name)
%
% Inputs:
%
%    name    - 'getpid' or 'numcores'
%
% Outputs:
%
%    value   - process identifier, or number of cores this process may use

function value=feature(name)

grumble(name);
switch lower(name)
    case 'getpid',   value=getpid();
    case 'numcores', value=nproc();
end

end

% Consistency enforcement
function grumble(name)
if ~ischar(name)||~any(strcmpi(name,{'getpid','numcores'}))
    error('feature:name','feature() knows ''getpid'' and ''numcores'' only.');
end
end

%!assert(feature('getpid'),getpid())
%!assert(feature('numcores')>=1)
%!error <getpid> feature('accel')
