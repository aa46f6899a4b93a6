% Arrays from a graphics card or a pool into local memory. Under Octave all
% arrays are local, so each comes back as it is. Syntax:
%
%           [a,b,...]=gather(a,b,...)
%
% Inputs:
%
%    a,b,... - any values
%
% Outputs:
%
%    a,b,... - the same

function varargout=gather(varargin)

grumble(nargin,nargout);
varargout=varargin(1:max(1,nargout));

end

% Consistency enforcement
function grumble(n_in,n_out)
if n_in<max(1,n_out)
    error('gather:count','as many inputs as outputs are needed.');
end
end

%!assert(gather(magic(3)),magic(3))
%!test [a,b]=gather(1,'x'); assert({a,b},{1,'x'});
