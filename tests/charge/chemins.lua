-- Each request takes the next line of a file as its path; `wrk … -s chemins.lua URL FILE`.
local demandes, rang = {}, 0

function init(arguments)
  for chemin in io.lines(arguments[1]) do demandes[#demandes + 1] = wrk.format("GET", chemin) end
end

function request()
  rang = rang % #demandes + 1
  return demandes[rang]
end
