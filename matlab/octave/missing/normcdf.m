% Distribution function of the normal distribution, through erfc so that the
% lower tail keeps its digits. Syntax:
%
%           p=normcdf(x,mu,sigma)
%
% Inputs:
%
%    x      - real array
%    mu     - mean, default 0
%    sigma  - standard deviation, positive, default 1
%
% Outputs:
%
%    p      - array, probability of a value up to x

function p=normcdf(x,mu,sigma)

if nargin<2, mu=0; end
if nargin<3, sigma=1; end
grumble(sigma);
p=erfc((mu-x)./(sigma*sqrt(2)))/2;

end

% Consistency enforcement
function grumble(sigma)
if ~isreal(sigma)||~all(sigma(:)>0)
    error('normcdf:sigma','sigma must be positive.');
end
end

%!assert(normcdf([0 1.959963984540054]),[0.5 0.975],1e-15)
%!assert(normcdf(3,1,2),normcdf(1),1e-16)
%!assert(normcdf(-10)>0)
%!error <positive> normcdf(0,0,0)
