% Legendre polynomials P_n(x) by Bonnet's recursion
% (n+1)P_{n+1}=(2n+1)xP_n-nP_{n-1}. Syntax:
%
%           p=legendreP(n,x)
%
% Inputs:
%
%    n   - degree: non-negative whole number
%    x   - numeric array
%
% Outputs:
%
%    p   - array of the size of x

function p=legendreP(n,x)

grumble(n,x);
before=ones(size(x)); p=x;
if n==0, p=before; return; end
for k=1:(n-1)
    [p,before]=deal(((2*k+1)*x.*p-k*before)/(k+1),p);
end

end

% Consistency enforcement
function grumble(n,x)
if ~isscalar(n)||n<0||mod(n,1)~=0
    error('legendreP:degree','n must be a non-negative whole number.');
end
if ~isnumeric(x)
    error('legendreP:type','x must be numeric.');
end
end

%!assert(legendreP(0,[0.3 2]),[1 1])
%!assert(legendreP(1,[0.3 2]),[0.3 2])
%!test x=linspace(-1,1,7); assert(legendreP(4,x),(35*x.^4-30*x.^2+3)/8,1e-15);
%!error <degree|whole> legendreP(-1,0)
