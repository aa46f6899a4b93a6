% Density of the normal distribution. Syntax:
%
%           p=normpdf(x,mu,sigma)
%
% Inputs:
%
%    x      - real array
%    mu     - mean, default 0
%    sigma  - standard deviation, positive, default 1
%
% Outputs:
%
%    p      - array

function p=normpdf(x,mu,sigma)

if nargin<2, mu=0; end
if nargin<3, sigma=1; end
grumble(sigma);
p=exp(-0.5*((x-mu)./sigma).^2)./(sigma*sqrt(2*pi));

end

% Consistency enforcement
function grumble(sigma)
if ~isreal(sigma)||~all(sigma(:)>0)
    error('normpdf:sigma','sigma must be positive.');
end
end

%!assert(normpdf(0),1/sqrt(2*pi),1e-16)
%!assert(normpdf([1 3],1,2),[1 exp(-0.5)]/(2*sqrt(2*pi)),1e-16)
%!error <positive> normpdf(0,0,-1)
