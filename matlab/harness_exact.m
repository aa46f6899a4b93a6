% Trajectory of one spin system by diagonalising its Hamiltonian in blocks of
% constant total Iz. Written without Spinach, for machines that have none;
% its results are never called Spinach's. Syntax:
%
%           out=harness_exact(job)
%
% Inputs:
%
%    job   - structure described in harness_spinach.m; formalism,
%            approximation, level, prop_chop and magnet_t are not looked at.
%            Spin-1/2 nuclei only
%
% Outputs:
%
%    out   - structure described in harness_spinach.m, offsets and couplings
%            as given
%
% H=2*pi*sum(v_i*Iz_i)+2*pi*sum(J_ij*C_ij), C_ij=I_i.I_j between spins of one
% isotope and Iz_i*Iz_j otherwise. With H=V*E*V' in each block, every matrix
% element of an operator between eigenstates a and b oscillates as
% exp(-i*(E_a-E_b)*t). Exact to rounding; cost of order nchoosek(N,N/2)^3.

function out=harness_exact(job)

grumble(job);
watch=tic; cpu=cputime(); out=struct();
n_spins=numel(job.isotopes); t=(0:(job.points-1))*job.dt_s;

% Bit n of a basis state is 1 where spin n is up
states=(0:(2^n_spins-1)).';
up=false(2^n_spins,n_spins);
for n=1:n_spins, up(:,n)=bitand(floor(states/2^(n-1)),1)==1; end
blocks=cell(1,n_spins+1); place=zeros(2^n_spins,1);
for k=0:n_spins
    blocks{k+1}=find(sum(double(up),2)==k);
    place(blocks{k+1})=1:numel(blocks{k+1});
end

% Eigenvalues and eigenvectors of each block
E=cell(1,n_spins+1); V=cell(1,n_spins+1);
for k=1:(n_spins+1)
    [V{k},values]=eig(block_hamiltonian(job,up,blocks{k},place)); E{k}=diag(values);
end
out.stages={'diagonalise'}; out.wall_s=toc(watch); out.cpu_s=cputime()-cpu;
watch=tic; cpu=cputime();

% Transverse signals: I+ of spin n links block k to block k+1
watched=find(strcmp(job.isotopes,job.observed));
out.m_re=[]; out.m_im=[]; out.spins_re=[]; out.spins_im=[];
if job.want_m||job.want_spins
    signals=zeros(numel(watched),job.points);
    for k=1:n_spins
        raised=cell(1,numel(watched)); total=0;
        for n=1:numel(watched)
            raised{n}=V{k+1}'*raising(watched(n),up,blocks{k},blocks{k+1},place)*V{k};
            total=total+raised{n};
        end
        phase_up=exp(1i*E{k+1}*t); phase_down=exp(-1i*E{k}*t);
        for n=1:numel(watched)
            signals(n,:)=signals(n,:)+sum(phase_up.*((raised{n}.*total)*phase_down),1);
        end
    end
    signals=signals*(numel(watched)/sum(signals(:,1)));
    if job.want_m, out.m_re=real(mean(signals,1)); out.m_im=imag(mean(signals,1)); end
    if job.want_spins, out.spins_re=real(signals); out.spins_im=imag(signals); end
end

% Longitudinal signals from the tagged spin: within each block
out.i1z_re=[]; out.i1z_im=[]; out.pols_re=[]; out.pols_im=[];
if job.want_i1z||job.want_polarisations
    watched=job.tagged; if job.want_polarisations, watched=1:n_spins; end
    signals=zeros(numel(watched),job.points);
    for k=1:(n_spins+1)
        phase_a=exp(1i*E{k}*t); phase_b=exp(-1i*E{k}*t);
        start=rotated(up(blocks{k},job.tagged),V{k});
        for n=1:numel(watched)
            weight=start.*rotated(up(blocks{k},watched(n)),V{k});
            signals(n,:)=signals(n,:)+sum(phase_a.*(weight*phase_b),1);
        end
    end
    signals=signals/2^(n_spins-2); mine=signals(watched==job.tagged,:);
    if job.want_i1z, out.i1z_re=real(mine); out.i1z_im=imag(mine); end
    if job.want_polarisations, out.pols_re=real(signals); out.pols_im=imag(signals); end
end

out.offsets_hz=reshape(job.offsets_hz,1,[]); out.couplings_hz=job.couplings_hz;
out.dim=max(cellfun(@numel,blocks));
out.stages{end+1}='signals'; out.wall_s(end+1)=toc(watch); out.cpu_s(end+1)=cputime()-cpu;

end

% Real symmetric Hamiltonian of the states with k spins up, rad/s
function H=block_hamiltonian(job,up,members,place)
iz=double(up(members,:))-0.5; dim=numel(members);
H=diag(2*pi*(iz*reshape(job.offsets_hz,[],1)));
n_spins=size(up,2);
for n=1:n_spins
    for k=(n+1):n_spins
        J=2*pi*job.couplings_hz(n,k);
        if J==0, continue; end
        H(1:(dim+1):end)=H(1:(dim+1):end)+J*(iz(:,n).*iz(:,k)).';
        if ~strcmp(job.isotopes{n},job.isotopes{k}), continue; end
        flip=find(up(members,n)&~up(members,k));
        partner=members(flip)-2^(n-1)+2^(k-1);
        index=sub2ind([dim dim],flip,place(partner));
        mirror=sub2ind([dim dim],place(partner),flip);
        H(index)=H(index)+J/2; H(mirror)=H(mirror)+J/2;
    end
end
end

% Iz of one spin between the eigenstates of a block
function A=rotated(is_up,V)
half=double(is_up)-0.5; A=V'*(repmat(half,1,numel(half)).*V);
end

% I+ of one spin from one block to the next
function A=raising(n,up,from,to,place)
down=find(~up(from,n));
A=zeros(numel(to),numel(from));
A(sub2ind(size(A),place(from(down)+2^(n-1)),down))=1;
end

% Consistency enforcement
function grumble(job)
n_spins=numel(job.isotopes);
if ~iscellstr(job.isotopes)||n_spins<1||n_spins>13
    error('harness:isotopes','isotopes must be a cell row of 1 to 13 names.');
end
half={'1H','13C','15N','19F','31P','29Si'};
if ~all(ismember(job.isotopes,half))
    error('harness:isotopes','only nuclei of spin 1/2 are handled here.');
end
if ~isreal(job.offsets_hz)||numel(job.offsets_hz)~=n_spins||any(~isfinite(job.offsets_hz(:)))
    error('harness:offsets','offsets_hz must be %d finite real numbers.',n_spins);
end
if ~isreal(job.couplings_hz)||~isequal(size(job.couplings_hz),[n_spins n_spins])||...
   any(~isfinite(job.couplings_hz(:)))||~isequal(job.couplings_hz,job.couplings_hz.')
    error('harness:couplings','couplings_hz must be a symmetric finite %dx%d matrix.',n_spins,n_spins);
end
if ~any(strcmp(job.isotopes,job.observed))
    error('harness:observed','no spin of the observed isotope %s.',job.observed);
end
if job.tagged<1||job.tagged>n_spins||mod(job.tagged,1)~=0
    error('harness:tagged','tagged must be a spin number from 1 to %d.',n_spins);
end
if job.points<2||mod(job.points,1)~=0||~(job.dt_s>0)||~isfinite(job.dt_s)
    error('harness:grid','points must be a whole number of at least 2, dt_s positive.');
end
end

%!function job=two_spins()
%! job=struct('isotopes',{{'1H','1H'}},'offsets_hz',[30 -50],'couplings_hz',[0 12;12 0],...
%!            'observed','1H','tagged',1,'points',50,'dt_s',1e-3,...
%!            'want_m',1,'want_i1z',1,'want_spins',1,'want_polarisations',1);
%!endfunction
%!test % AB pair, closed form
%! job=two_spins(); out=harness_exact(job); t=(0:49)*1e-3;
%! D=2*pi*(-80); J=2*pi*12; R=sqrt(D^2+J^2);
%! both=cos(J*t/2).*cos(R*t/2)+J/R*sin(J*t/2).*sin(R*t/2)-1i*D/R*cos(J*t/2).*sin(R*t/2);
%! s=exp(2i*pi*30*t).*exp(0.5i*D*t).*both;
%! assert(out.spins_re(1,:)+1i*out.spins_im(1,:),s,1e-13);
%! assert(out.i1z_re,1-(J/R)^2*sin(R*t/2).^2,1e-13);
%! assert(sum(out.pols_re,1),ones(1,50),1e-13); % total Iz is conserved
%!test % one spin: exp(+i*offset*t)
%! job=two_spins(); job.isotopes={'1H'}; job.offsets_hz=17; job.couplings_hz=0;
%! out=harness_exact(job); t=(0:49)*1e-3;
%! assert(out.m_re+1i*out.m_im,exp(2i*pi*17*t),1e-13);
%!test % different isotopes: cosine modulation, no transfer
%! job=two_spins(); job.isotopes={'1H','13C'}; out=harness_exact(job); t=(0:49)*1e-3;
%! assert(out.m_re+1i*out.m_im,exp(2i*pi*30*t).*cos(pi*12*t),1e-13);
%! assert(out.i1z_re,ones(1,50),1e-13);
%!error <symmetric> job=two_spins(); job.couplings_hz(1,2)=1; harness_exact(job);
%!error <observed> job=two_spins(); job.observed='15N'; harness_exact(job);
