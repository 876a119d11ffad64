// Whether the screens work: what each reported last, and what is wrong with its layout.
'use strict';

function cell(text) {
  const e = document.createElement('td');
  e.textContent = text;
  return e;
}

function stateOf(player) {
  const states = [hallcast.word(player.live ? 'live' : 'gone')];
  if (player.live && !player.inStep) states.push(hallcast.word('out_of_step'));
  if (player.live && !(player.report.statistics || {}).hasSound) states.push(hallcast.word('no_sound'));
  return states.join(', ');
}

function rowsOf(player) {
  const seen = player.report.statistics || {};
  const row = document.createElement('tr');
  if (!player.live) row.className = 'urgent';
  row.append(cell(player.player), cell(player.report.hall), cell(stateOf(player)), cell(seen.width ? `${seen.layout} ${seen.width}×${seen.height}` : '–'), cell(seen.film || '–'));
  if (!seen.layoutError) return [row];
  const wrong = document.createElement('tr');
  const why = document.createElement('td');
  why.colSpan = 5;
  const words = document.createElement('p');
  words.className = 'error reasons';
  words.textContent = `${hallcast.word('layout_wrong')}\n${seen.layoutError}`;
  why.append(words);
  wrong.append(why);
  return [row, wrong];
}

async function list() {
  try {
    const {players} = await hallcast.api('GET', '/api/v1/players');
    document.getElementById('nothing').hidden = players.length > 0;
    document.getElementById('screens').replaceChildren(...players.flatMap(rowsOf));
    hallcast.showError('');
  } catch (error) {
    hallcast.showError(error.message);
  }
}

document.addEventListener('hallcast-language', list);
setInterval(list, 1000);
