% Spin echo of a lattice of spins 1/2 with mean-field couplings, by density
% matrices of single spins and dense sums over the lattice: the second
% witness of harness/tasks/echo, which rotates Bloch vectors and sums by
% Fourier transforms. Syntax:
%
%           m=harness_echo(job)
%
% Inputs:
%
%    job.offsets           - LxL matrix of resonance offsets, units of gamma
%    job.strength          - coupling strength alpha
%    job.kernel            - 'power', 'gauss', 'rkky' or 'uniform'
%    job.length            - correlation length, lattice spacings
%    job.exponent          - exponent of 'power'
%    job.normalised        - 1 if the couplings of a spin add up to one
%    job.dissipation       - rate Gamma, transverse damping is Gamma/2
%    job.coupling          - 'secular' or 'single-axis'
%    job.carrier           - frequency of the rotating frame, single-axis
%    job.dt                - time between samples, units of 1/gamma
%    job.samples_before    - samples up to the second pulse
%    job.steps_per_sample  - steps of integration in each dt
%    job.scheme            - 'forward' or 'midpoint'
%    job.first_deg, job.first_axis, job.second_deg, job.second_axis
%                          - the two pulses, axis 'x' or 'y'
%
% Outputs:
%
%    m     - row of 3*job.samples_before complex numbers, the mean of
%            <Ix>+i<Iy> over the lattice, at dt, 2*dt, ...
%
% Each spin has rho=[a b;b' d] with <Ix>+i<Iy>=conj(b), <Iz>=(a-d)/2. The
% field acts by U*rho*U' with U=cos(w*t/2)-i*sin(w*t/2)*(n.sigma).

function m=harness_echo(job)

grumble(job);
side=size(job.offsets,1); count=side^2;
K=couplings(job,side);
rho=struct('a',ones(count,1),'b',zeros(count,1),'d',zeros(count,1));
rho=turn(rho,pulse_axis(job.first_axis),0,pi*job.first_deg/180);
step=job.dt/job.steps_per_sample; Delta=job.offsets.'; Delta=Delta(:);
m=zeros(1,3*job.samples_before);
for k=1:numel(m)
    for n=1:job.steps_per_sample
        t=((k-1)*job.steps_per_sample+n-1)*step;
        W=field(job,K,rho,t+step);
        if strcmp(job.scheme,'midpoint')
            middle=evolve(rho,W,Delta,job.dissipation,step/2);
            W=field(job,K,middle,t+step/2);
        end
        rho=evolve(rho,W,Delta,job.dissipation,step);
    end
    m(k)=mean(conj(rho.b));
    if k==job.samples_before
        rho=turn(rho,pulse_axis(job.second_axis),0,pi*job.second_deg/180);
    end
end

end

% Dense matrix of couplings, spins numbered row by row
function K=couplings(job,side)
[column,row]=meshgrid(0:(side-1)); row=row.'; column=column.';
row=row(:); column=column(:);
dx=abs(bsxfun(@minus,row,row.')); dx=min(dx,side-dx);
dy=abs(bsxfun(@minus,column,column.')); dy=min(dy,side-dy);
r=sqrt(dx.^2+dy.^2); K=zeros(side^2); apart=(r>0);
switch job.kernel
    case 'power',   K(apart)=(r(apart)/job.length).^(-job.exponent);
    case 'gauss',   K(apart)=exp(-(r(apart)/job.length).^2);
    case 'rkky',    x=2*r(apart)/job.length; K(apart)=(x.*cos(x)-sin(x))./x.^4;
    case 'uniform', K(apart)=1;
end
if job.normalised&&side>1, K=K/sum(K(1,:)); end
end

% Transverse field of every spin, Omega_x+i*Omega_y
function W=field(job,K,rho,t)
s=conj(rho.b); c=K*s;
if strcmp(job.coupling,'single-axis'), c=c-conj(c)*exp(2i*job.carrier*t); end
W=-0.5*job.strength*c;
end

% Half the damping, the rotation about (W,-Delta), half the damping
function rho=evolve(rho,W,Delta,rate,step)
damping=exp(-rate*step/4);
rho.b=rho.b*damping;
rho=turn(rho,W,-Delta,step);
rho.b=rho.b*damping;
end

% U*rho*U' for the field (real(W),imag(W),z) during t
function rho=turn(rho,W,z,t)
w=sqrt(abs(W).^2+z.^2); c=cos(w*t/2); s=t/2*ones(size(w));
there=(w>0); half=sin(w*t/2); s(there)=half(there)./w(there);
% U=[p q;-conj(q) conj(p)], p=c-i*s*z, q=-i*s*conj(W)
p=c-1i*s.*z; q=-1i*s.*conj(W);
a=rho.a; b=rho.b; d=rho.d;
cross=p.*conj(q).*b;
rho.a=abs(p).^2.*a+2*real(cross)+abs(q).^2.*d;
rho.d=abs(q).^2.*a-2*real(cross)+abs(p).^2.*d;
rho.b=-p.*q.*a+p.^2.*b-q.^2.*conj(b)+p.*q.*d;
end

% Direction of a pulse, as a transverse field of unit size
function W=pulse_axis(name)
if strcmp(name,'x'), W=1; else, W=1i; end
end

% Consistency enforcement
function grumble(job)
if ~isreal(job.offsets)||size(job.offsets,1)~=size(job.offsets,2)||any(~isfinite(job.offsets(:)))
    error('harness:offsets','offsets must be a square matrix of finite real numbers.');
end
if size(job.offsets,1)>64
    error('harness:offsets','at most 64x64 spins: the sums are dense.');
end
if ~any(strcmp(job.kernel,{'power','gauss','rkky','uniform'}))
    error('harness:kernel','kernel must be power, gauss, rkky or uniform.');
end
if ~any(strcmp(job.coupling,{'secular','single-axis'}))
    error('harness:coupling','coupling must be secular or single-axis.');
end
if ~any(strcmp(job.scheme,{'forward','midpoint'}))
    error('harness:scheme','scheme must be forward or midpoint.');
end
if job.dt<=0||job.samples_before<1||job.steps_per_sample<1
    error('harness:plan','dt, samples_before and steps_per_sample must be positive.');
end
end

%!function job=lattice()
%! job=struct('offsets',[0.1 -0.2;0.05 0.02],'strength',0,'kernel','power','length',1,'exponent',3,...
%!            'normalised',1,'dissipation',0.01,'coupling','secular','carrier',10,'dt',0.5,...
%!            'samples_before',8,'steps_per_sample',1,'scheme','forward',...
%!            'first_deg',90,'first_axis','x','second_deg',180,'second_axis','y');
%!endfunction
%!test % free precession and damping, closed form
%! m=harness_echo(lattice()); t=0.5*(1:8);
%! expected=mean(-0.5i*exp(-1i*[0.1;-0.2;0.05;0.02]*t),1).*exp(-0.005*t);
%! assert(m(1:8),expected,1e-14);
%!test % the echo of uncoupled spins is damped and nothing else
%! m=harness_echo(lattice()); assert(m(16),-0.5i*exp(-0.005*8),1e-14);
%!test % without dissipation the sign of alpha has no effect
%! job=lattice(); job.dissipation=0; job.strength=0.3; up=harness_echo(job);
%! job.strength=-0.3; assert(harness_echo(job),up,1e-13);
%!error <square> job=lattice(); job.offsets=[1 2]; harness_echo(job);
%!error <coupling> job=lattice(); job.coupling='xy'; harness_echo(job);
