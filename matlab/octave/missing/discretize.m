% Number of the bin that each value falls into: edges(k)<=x<edges(k+1), the
% last bin closed on both sides; NaN outside. Syntax:
%
%           bins=discretize(x,edges)
%
% Inputs:
%
%    x      - real array
%    edges  - increasing vector of at least two numbers
%
% Outputs:
%
%    bins   - array of the size of x

function bins=discretize(x,edges)

grumble(edges);
bins=reshape(lookup(edges(:),x(:)),size(x));
bins(x==edges(end))=numel(edges)-1;
bins((bins==0)|(x>edges(end))|isnan(x))=NaN;

end

% Consistency enforcement
function grumble(edges)
if ~isvector(edges)||numel(edges)<2||any(diff(edges(:))<=0)
    error('discretize:edges','edges must be an increasing vector of at least two numbers.');
end
end

%!assert(discretize([0 0.5 1 1.5 2 3 -1 NaN],[0 1 2]),[1 1 2 2 2 NaN NaN NaN])
%!assert(discretize([1;2],[1 2 3]),[1;2])
%!error <increasing> discretize(1,[2 1])
