% Trajectory of one spin system computed by unmodified Spinach. Syntax:
%
%           out=harness_spinach(job,scratch)
%
% Inputs:
%
%    job.isotopes      - cell row of isotope names, {'1H','13C',...}
%    job.offsets_hz    - rotating-frame offsets, Hz, one per spin; a single
%                        spin of offset v has the signal exp(+2i*pi*v*t)
%    job.couplings_hz  - symmetric matrix of scalar couplings, Hz
%    job.shifts_ppm    - in place of offsets_hz: the molecule itself. Then
%                        magnet_t is the field that it is in, couplings_hz
%                        are those of the laboratory, and Spinach makes the
%                        frequencies
%    job.carrier_isotopes, job.carriers_ppm
%                      - with shifts_ppm: cell row of isotopes and the shift
%                        of the carrier of each
%    job.observed      - isotope that is detected
%    job.tagged        - number of the spin that i1z follows
%    job.points        - number of samples, t=0 included
%    job.dt_s          - interval, seconds
%    job.magnet_t      - magnet, tesla: with offsets_hz it only scales how
%                        they are handed over (as ppm), the rotating frame has
%                        no memory of it
%    job.formalism     - 'zeeman-hilb' or 'sphten-liouv'
%    job.approximation - 'none', 'IK-1' or 'IK-2'
%    job.level         - IK-1 level (0 for the others)
%    job.space_level   - IK-1 and IK-2: spins in groups by distance
%    job.prop_chop     - Spinach's propagator tolerance
%    job.relaxation    - absent, or the name of Spinach's theory: 'damp',
%                        't1_t2' or 'redfield'. Then job.rlx_keep,
%                        job.equilibrium, job.rlx_integration and job.rlx_zero
%                        (tolerances of Spinach; the second for elements of
%                        the relaxation matrix and of the Liouvillian, 1/s)
%                        are there as well, and what
%                        the theory needs: job.damp_rate; job.r1_rates and
%                        job.r2_rates, a rate for each spin; job.tau_c_s and
%                        job.positions, N x 3 in Angstrom, perhaps job.csa_ppm,
%                        N x 9 (rows of each symmetric tensor, in ppm); for
%                        equilibrium 'dibari' job.temperature_k
%    job.want_m, job.want_i1z, job.want_spins, job.want_polarisations
%                      - what to compute (0 or 1 each)
%    scratch           - folder for Spinach's temporary files
%
% Outputs:
%
%    out.m_re, out.m_im      - Mx and My, normalised to Mx(0)=1
%    out.i1z_re, out.i1z_im  - longitudinal signal of the tagged spin,
%                              normalised; the imaginary part is rounding
%    out.spins_re, out.spins_im - signals of the observed spins, rows
%    out.pols_re, out.pols_im - Iz of every spin (rows) from Iz of the
%                              tagged one, in units of the latter at t=0
%    out.offsets_hz, out.couplings_hz - what Spinach really used: it
%                              subtracts two large numbers, which rounds;
%                              stated in the frame of the package
%    out.gyromagnetic_ratios - those that Spinach has for the spins, rad/(s T)
%    out.dim                 - dimension of the largest state space used
%    out.stages, out.wall_s, out.cpu_s - time of each stage
%
% Spinach's frequencies are -gamma*B0*(1+shift). The frame of the package is
% the one in which they rise with the shift for every isotope: Iz of a nucleus
% of positive gamma has the opposite sign there, that of a nucleus of negative
% gamma the same. A coupling changes its sign where only one of the two spins
% is turned over. Offsets are handed over in that frame as they are; with a
% relaxation they are turned into the frame of the laboratory first, which the
% dipolar couplings and the shift tensors belong to.
%
% With equilibrium 'dibari' the tagged spin starts with its polarisation at
% equilibrium turned over, the others without any: i1z goes from 1 to -1.

function out=harness_spinach(job,scratch)

grumble(job,scratch);
clock_now=timer_start(); out=struct();

% System and interactions
[sys,inter]=specification(job,scratch);
spin_system=create(sys,inter);
remover=onCleanup(@()remove_job(spin_system));
[out.offsets_hz,out.couplings_hz]=effective(spin_system,job);
out.gyromagnetic_ratios=cellfun(@spin,reshape(job.isotopes,1,[]));
clock_now=timer_mark(clock_now,'create');

% Transverse magnetisation: coherence order +1 only where that is defined
out.dim=0; out.m_re=[]; out.m_im=[]; out.spins_re=[]; out.spins_im=[];
if job.want_m||job.want_spins
    [ss,H]=prepare(spin_system,job,+1); out.dim=size(H,1);
    clock_now=timer_mark(clock_now,'hamiltonian');
    coil=state(ss,'L+',job.observed);
    if strcmp(job.formalism,'zeeman-hilb')
        start=(coil+coil')/2;
    else
        start=state(ss,'Lx',job.observed);
    end
    if job.want_m
        [out.m_re,out.m_im]=transverse(ss,H,coil,start,job);
        clock_now=timer_mark(clock_now,'evolution_m');
    end
    if job.want_spins
        watched=find(strcmp(job.isotopes,job.observed));
        out.spins_re=zeros(numel(watched),job.points); out.spins_im=out.spins_re;
        for n=1:numel(watched)
            coil=state(ss,{'L+'},{watched(n)});
            [out.spins_re(n,:),out.spins_im(n,:)]=transverse(ss,H,coil,start,job);
        end
        clock_now=timer_mark(clock_now,'evolution_spins');
    end
end

% Longitudinal magnetisation from the tagged spin: coherence order zero; the
% Hilbert space is the same for every order
out.i1z_re=[]; out.i1z_im=[]; out.pols_re=[]; out.pols_im=[];
if job.want_i1z||job.want_polarisations
    if (strcmp(job.formalism,'sphten-liouv')&&~needs_all_orders(job))||out.dim==0
        [ss,H]=prepare(spin_system,job,0); out.dim=max([out.dim size(H,1)]);
        clock_now=timer_mark(clock_now,'hamiltonian_i1z');
    end
    coil=state(ss,{'Lz'},{job.tagged}); [start,unit]=polarised(ss,coil,job);
    if job.want_i1z
        fid=longitudinal(ss,H,coil,start,job); fid=fid/fid(1);
        out.i1z_re=real(fid); out.i1z_im=imag(fid);
        clock_now=timer_mark(clock_now,'evolution_i1z');
    end
    if job.want_polarisations
        out.pols_re=zeros(numel(job.isotopes),job.points); out.pols_im=out.pols_re;
        for n=1:numel(job.isotopes)
            coil=state(ss,{'Lz'},{n});
            fid=longitudinal(ss,H,coil,start,job)/unit;
            fid=turned(job,n)*turned(job,job.tagged)*fid;
            out.pols_re(n,:)=real(fid); out.pols_im(n,:)=imag(fid);
        end
        clock_now=timer_mark(clock_now,'evolution_polarisations');
    end
end

out.stages=clock_now.stages; out.wall_s=clock_now.wall_s; out.cpu_s=clock_now.cpu_s;

end

% Spinach's input structures: shifts as they are, or offsets as ppm of a magnet,
% f0=-gamma*B0/2pi
function [sys,inter]=specification(job,scratch)
n_spins=numel(job.isotopes);
sys.magnet=job.magnet_t; sys.isotopes=reshape(job.isotopes,1,[]);
sys.output='hush'; sys.disable={'hygiene'}; sys.scratch=scratch;
sys.tols.prop_chop=job.prop_chop; sys.tols.basis_hush=1;
if relaxes(job)
    sys.tols.rlx_integration=job.rlx_integration; sys.tols.rlx_zero=job.rlx_zero;
    sys.tols.liouv_zero=job.rlx_zero;
    inter=relaxation_of(job);
end
inter.zeeman.scalar=cell(1,n_spins); inter.coupling.scalar=cell(n_spins,n_spins);
for n=1:n_spins
    if isfield(job,'shifts_ppm')
        inter.zeeman.scalar{n}=job.shifts_ppm(n);
    else
        inter.zeeman.scalar{n}=1e6*turned(job,n)*job.offsets_hz(n)/basic_hz(job.isotopes{n},job);
    end
    for k=(n+1):n_spins
        if job.couplings_hz(n,k)~=0
            inter.coupling.scalar{n,k}=as_given(job,n,k)*job.couplings_hz(n,k);
        end
    end
end
end

% Spinach's frequency of an isotope without shift, Hz
function f0_hz=basic_hz(isotope,job)
f0_hz=-spin(isotope)*job.magnet_t/(2*pi);
end

% What moves Spinach's rotating frame of each isotope to its carrier, Hz
function parameters=carriers(job)
parameters.spins=reshape(job.carrier_isotopes,1,[]);
parameters.offset=zeros(1,numel(parameters.spins));
for n=1:numel(parameters.spins)
    parameters.offset(n)=-1e-6*job.carriers_ppm(n)*basic_hz(parameters.spins{n},job);
end
end

% -1 if Iz of a spin has the opposite sign in Spinach's frame, else +1
function sign_of_iz=turned(job,n)
sign_of_iz=1;
if isfield(job,'shifts_ppm')||relaxes(job), sign_of_iz=-sign(spin(job.isotopes{n})); end
end

% -1 if a coupling that was given has the opposite sign in Spinach's frame
function sign_of_j=as_given(job,n,k)
sign_of_j=1;
if ~isfield(job,'shifts_ppm'), sign_of_j=turned(job,n)*turned(job,k); end
end

% Is there a relaxation superoperator?
function answer=relaxes(job)
answer=isfield(job,'relaxation');
end

% Second order in couplings that change the coherence order needs every order,
% and so does an equilibrium; rates of single states do not
function answer=needs_all_orders(job)
answer=relaxes(job)&&(strcmp(job.relaxation,'redfield')||strcmp(job.equilibrium,'dibari'));
end

% Spinach's input for the requested relaxation theory
function inter=relaxation_of(job)
n_spins=numel(job.isotopes);
inter.relaxation={job.relaxation}; inter.rlx_keep=job.rlx_keep;
inter.equilibrium=job.equilibrium;
if isfield(job,'temperature_k'), inter.temperature=job.temperature_k; end
switch job.relaxation
    case 'damp'
        inter.damp_rate=job.damp_rate;
    case 't1_t2'
        inter.r1_rates=num2cell(reshape(job.r1_rates,1,[]));
        inter.r2_rates=num2cell(reshape(job.r2_rates,1,[]));
    case 'redfield'
        inter.tau_c={job.tau_c_s};
        inter.coordinates=mat2cell(job.positions,ones(1,n_spins),3);
        if isfield(job,'csa_ppm')
            inter.zeeman.matrix=cell(1,n_spins);
            for n=1:n_spins
                tensor=reshape(job.csa_ppm(n,:),3,3);
                inter.zeeman.matrix{n}=tensor-eye(3)*trace(tensor)/3;
            end
        end
end
end

% State that the longitudinal signals start from, and the signal of the tagged
% spin at t=0. Towards an equilibrium the unit state belongs to it, and the
% polarisation is that of the equilibrium, tanh(hbar*omega/2kT), turned over
function [start,unit]=polarised(ss,coil,job)
if relaxes(job)&&strcmp(job.equilibrium,'dibari')
    omega=ss.inter.basefrqs(job.tagged);
    share=tanh(ss.tols.hbar*omega/(2*ss.tols.kbol*job.temperature_k));
    spin_part=share*coil/norm(full(coil));
    start=unit_state(ss)+spin_part; unit=full(hdot(coil,spin_part));
else
    start=coil; unit=full(hdot(coil,coil));
end
end

% Basis, rotating-frame Hamiltonian
function [ss,H]=prepare(spin_system,job,order)
bas.formalism=job.formalism; bas.approximation=job.approximation;
if strcmp(job.approximation,'IK-1')
    bas.level=job.level;
end
if ~strcmp(job.approximation,'none')
    bas.space_level=job.space_level; bas.connectivity='scalar_couplings';
end
if strcmp(job.formalism,'sphten-liouv')&&~needs_all_orders(job), bas.projections=order; end
ss=assume(basis(spin_system,bas),'nmr'); H=hamiltonian(ss);
if relaxes(job), H=H+1i*relaxation(with_full_basis(ss)); end
if isfield(job,'shifts_ppm'), H=frqoffset(ss,H,carriers(job)); end
end

% The table of basis states as a full matrix: Octave does not expand a row over
% the rows of a sparse one, which 'secular' asks for
function ss=with_full_basis(ss)
ss.bas.basis=full(ss.bas.basis);
end

% Detected signal: Tr(coil'*rho)=Mx-1i*My in Spinach's frame, so My changes sign;
% turned over, it changes once more
function [re,im]=transverse(ss,H,coil,start,job)
fid=evolution(ss,H,coil,start,job.dt_s,job.points-1,'observable');
fid=full(reshape(fid,1,[])); fid=fid/fid(1); re=real(fid);
im=-turned(job,find(strcmp(job.isotopes,job.observed),1))*imag(fid);
end

% Detected longitudinal signal, as Spinach gives it
function fid=longitudinal(ss,H,coil,start,job)
fid=evolution(ss,H,coil,start,job.dt_s,job.points-1,'observable');
fid=full(reshape(fid,1,[]));
end

% Offsets and couplings as they stand inside Spinach's object, in our frame
function [offsets_hz,couplings_hz]=effective(spin_system,job)
n_spins=spin_system.comp.nspins;
offsets_hz=zeros(1,n_spins); couplings_hz=zeros(n_spins,n_spins);
for n=1:n_spins
    offsets_hz(n)=(trace(spin_system.inter.zeeman.matrix{n})/3-...
                   spin_system.inter.basefrqs(n))/(2*pi);
    if isfield(job,'shifts_ppm')
        frame=carriers(job); mine=strcmp(frame.spins,job.isotopes{n});
        offsets_hz(n)=offsets_hz(n)+sum(frame.offset(mine));
    end
    offsets_hz(n)=turned(job,n)*offsets_hz(n);
    for k=1:n_spins
        if k~=n&&~isempty(spin_system.inter.coupling.matrix{n,k})
            part=turned(job,n)*turned(job,k)*trace(spin_system.inter.coupling.matrix{n,k})/(6*pi);
            couplings_hz(n,k)=couplings_hz(n,k)+part;
            couplings_hz(k,n)=couplings_hz(k,n)+part;
        end
    end
end
end

% Spinach leaves a folder per job behind. Under MATLAB it may be the home of
% the parallel pool, and goes with the scratch folder when the caller ends
function remove_job(spin_system)
if exist('OCTAVE_VERSION','builtin')==0, return; end
confirm_recursive_rmdir(false,'local');
if exist(spin_system.sys.job_dir,'dir')==7, rmdir(spin_system.sys.job_dir,'s'); end
end

% Stop watch for wall and processor time
function watch=timer_start()
watch=struct('tic',tic,'cpu',cputime(),'stages',{{}},'wall_s',[],'cpu_s',[]);
end
function watch=timer_mark(watch,stage)
watch.stages{end+1}=stage;
watch.wall_s(end+1)=toc(watch.tic); watch.cpu_s(end+1)=cputime()-watch.cpu;
watch.tic=tic; watch.cpu=cputime();
end

% Finite real numbers, as many as are due
function check_row(numbers,due,name)
if ~isreal(numbers)||numel(numbers)~=due||any(~isfinite(numbers(:)))
    error('harness:numbers','%s must be %d finite real numbers.',name,due);
end
end

% What a relaxation theory needs is there
function grumble_relaxation(job,n_spins)
if ~any(strcmp(job.relaxation,{'damp','t1_t2','redfield'}))
    error('harness:relaxation','relaxation must be damp, t1_t2 or redfield.');
end
if ~strcmp(job.formalism,'sphten-liouv')
    error('harness:relaxation','a relaxation needs the formalism sphten-liouv.');
end
switch job.relaxation
    case 'damp',     check_row(job.damp_rate,1,'damp_rate');
    case 't1_t2',    check_row(job.r1_rates,n_spins,'r1_rates'); check_row(job.r2_rates,n_spins,'r2_rates');
    case 'redfield', check_row(job.tau_c_s,1,'tau_c_s'); check_row(job.positions,3*n_spins,'positions');
end
end

% Consistency enforcement
function grumble(job,scratch)
n_spins=numel(job.isotopes);
if ~iscellstr(job.isotopes)||n_spins<1
    error('harness:isotopes','isotopes must be a cell row of names.');
end
if isfield(job,'shifts_ppm')
    check_row(job.shifts_ppm,n_spins,'shifts_ppm');
    check_row(job.carriers_ppm,numel(job.carrier_isotopes),'carriers_ppm');
    if ~iscellstr(job.carrier_isotopes)||~isempty(setxor(job.carrier_isotopes,job.isotopes))
        error('harness:carriers','carrier_isotopes must name each isotope once.');
    end
else
    check_row(job.offsets_hz,n_spins,'offsets_hz');
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
if ~(job.magnet_t>0)
    error('harness:magnet','magnet_t must be positive.');
end
if ~any(strcmp(job.formalism,{'zeeman-hilb','sphten-liouv'}))
    error('harness:formalism','formalism must be zeeman-hilb or sphten-liouv.');
end
if ~any(strcmp(job.approximation,{'none','IK-1','IK-2'}))
    error('harness:approximation','approximation must be none, IK-1 or IK-2.');
end
if relaxes(job), grumble_relaxation(job,n_spins); end
if exist(scratch,'dir')~=7
    error('harness:scratch','the scratch folder does not exist.');
end
end
