% Angles in radians wrapped to [-pi,pi]; positive multiples of pi become +pi,
% negative ones -pi. Syntax:
%
%           wrapped=wrapToPi(angle)
%
% Inputs:
%
%    angle    - real array, radians
%
% Outputs:
%
%    wrapped  - array of the same size

function wrapped=wrapToPi(angle)

grumble(angle);
wrapped=angle; outside=(angle<-pi)|(angle>pi);
positive=angle>0;
turned=mod(angle+pi,2*pi); turned((turned==0)&positive)=2*pi;
wrapped(outside)=turned(outside)-pi;

end

% Consistency enforcement
function grumble(angle)
if ~isnumeric(angle)||~isreal(angle)
    error('wrapToPi:type','angle must be a real array.');
end
end

%!assert(wrapToPi([0 pi -pi 3*pi -3*pi]),[0 pi -pi pi -pi],1e-14)
%!assert(wrapToPi([1.5*pi -1.5*pi 2*pi]),[-0.5*pi 0.5*pi 0],1e-14)
%!error <real> wrapToPi(1i)
