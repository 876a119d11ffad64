// The clerk's page: one counter of one hall.
'use strict';

const hall = new URLSearchParams(location.search).get('hall') || 'main';
const chooser = document.getElementById('counter');
let state = null;
let records = [];  // the latest calls with what the screens reported of them
let busy = false;
let refused = false;  // an error of the clerk's own last command stays until the next one

function counter() {
  return state && state.counters.find((c) => c.number === Number(chooser.value));
}

function fillChooser() {
  const numbers = state.counters.map((c) => String(c.number));
  if (numbers.join() === [...chooser.options].map((o) => o.value).join()) return;
  const wanted = chooser.value || localStorage.getItem('hallcast-counter');
  chooser.replaceChildren(...numbers.map((n) => new Option(n, n)));
  if (numbers.includes(wanted)) chooser.value = wanted;
}

// Whom this counter awaits: what the screens say of the call, or that none does.
function showReceipts(mine) {
  const call = mine && mine.activity === 'COUNTER_ACTIVITY_CALLING' &&
    state.calls.find((c) => c.counter === mine.number && c.phase === 'CALL_PHASE_CALLED' && c.ticket === mine.ticket);
  const unseen = document.getElementById('unseen');
  const seen = document.getElementById('seen');
  unseen.hidden = !call || !call.unseen;
  seen.hidden = !call || call.unseen;
  if (!call) return;
  const record = records.find((r) => r.call.callId === call.callId && r.call.attempt === call.attempt);
  const receipts = record ? record.receipts.map((r) => r.receipt) : [];
  const shown = receipts.filter((r) => r.shown && !r.shown.blank).length;
  // In quiet hours it ends when it begins.
  const spoken = receipts.some((r) => r.spoken && !r.spoken.noDevice && r.spoken.fromUs !== r.spoken.untilUs);
  seen.classList.toggle('pending', shown === 0);
  seen.textContent = shown === 0 ? hallcast.word('not_shown_yet') :
    `${hallcast.word('shown_on')} ${shown}${spoken ? ', ' + hallcast.word('spoken') : ''}`;
}

function show() {
  if (!state) return;
  const mine = counter();
  const activity = mine ? mine.activity.replace('COUNTER_ACTIVITY_', '') : 'CLOSED';
  document.getElementById('ticket').textContent = (mine && mine.ticket) || '–';
  document.getElementById('activity').textContent = hallcast.word(activity);
  showReceipts(mine);
  const possible = {
    'call-next': activity !== 'CLOSED', recall: activity === 'CALLING', start: activity === 'CALLING',
    finish: activity === 'SERVING', 'no-show': activity === 'CALLING', open: activity === 'CLOSED', close: activity === 'FREE',
  };
  for (const button of document.querySelectorAll('[data-action]')) button.disabled = busy || !possible[button.dataset.action];
  document.querySelector('#call-one button').disabled = busy || activity === 'CLOSED';

  const names = Object.fromEntries(state.profile.services.map((s) => [s.id, s.name]));
  document.getElementById('services').replaceChildren(...state.services.map((service) => {
    const row = document.createElement('tr');
    const name = names[service.id] || {};
    for (const [text, style] of [[service.id, 'number'], [name[hallcast.language] || name.en || '', ''], [service.waiting, 'number']]) {
      const cell = document.createElement('td');
      cell.textContent = text;
      cell.className = style;
      row.append(cell);
    }
    return row;
  }));
  showNotices();
}

// What is told in this hall, and a field for each of the office's languages to tell something in.
function showNotices() {
  const list = document.getElementById('notices');
  const holding = state.notices || [];  // by the master's clock: this machine's may be wrong
  const languages = state.profile.languages;
  const shown = JSON.stringify([hallcast.language, holding, languages]);
  if (list.dataset.shown === shown) return;  // a button that is about to be pressed stays
  list.dataset.shown = shown;
  list.replaceChildren(...holding.map((notice) => {
    const row = document.createElement('tr');
    const level = notice.urgent ? 'urgent' : notice.warning ? 'warning' : '';
    row.className = level;
    const text = document.createElement('td');
    if (level) {  // in words, too: who does not see colours is to know it
      const kind = document.createElement('strong');
      kind.textContent = hallcast.word('notice_' + level);
      text.append(kind);
    }
    for (const language of languages.filter((l) => notice.text[l])) {
      const line = document.createElement('div');
      line.lang = language;
      line.dir = 'auto';
      line.textContent = notice.text[language];
      text.append(line);
    }
    const until = document.createElement('td');
    until.className = 'number';
    until.textContent = `${hallcast.word('notice_until')} ${new Date(Number(notice.expiresAtMs)).toLocaleTimeString(hallcast.language, {timeStyle: 'short'})}`;
    const end = document.createElement('button');
    end.type = 'button';
    end.textContent = hallcast.word('notice_end');
    end.addEventListener('click', () => tell('DELETE', '/api/v1/notices/' + encodeURIComponent(notice.id)));
    const last = document.createElement('td');
    last.append(end);
    row.append(text, until, last);
    return row;
  }));
  if (holding.length === 0) list.insertRow().insertCell().textContent = hallcast.word('all_quiet');

  const fields = document.getElementById('notice-texts');
  if (fields.dataset.languages === languages.join()) return;
  fields.dataset.languages = languages.join();
  fields.replaceChildren(...languages.map((language) => {
    const label = document.createElement('label');
    const name = document.createElement('span');
    name.textContent = language;
    const field = document.createElement('input');
    field.name = field.lang = language;
    field.dir = 'auto';
    field.maxLength = 500;
    field.autocomplete = 'off';
    label.append(name, field);
    return label;
  }));
}

// 'done', 'refused', or 'unknown' where no answer came. `headers` as for hallcast.api.
async function tell(method, path, body, headers) {
  let outcome = 'done';
  try {
    await hallcast.api(method, path, body, headers);
    hallcast.showError('');
  } catch (error) {
    outcome = error.refused ? 'refused' : 'unknown';
    hallcast.showError(error.message);
  }
  refused = outcome !== 'done';
  await look();
  return outcome;
}

async function look() {
  try {
    state = await hallcast.api('GET', '/api/v1/halls/' + encodeURIComponent(hall));
    fillChooser();
    const mine = counter();
    if (mine && mine.activity === 'COUNTER_ACTIVITY_CALLING')
      records = (await hallcast.api('GET', '/api/v1/calls?limit=40&hall=' + encodeURIComponent(hall))).calls;
    if (!refused) hallcast.showError('');
  } catch (error) {
    hallcast.showError(error.message);
  }
  show();
}

async function act(action, body) {
  if (busy) return;
  busy = true;
  refused = false;
  show();
  // Of what this page shows: where somebody else has used the counter since, nothing happens.
  const mine = counter();
  const seen = mine && mine.version !== '0' ? {'If-Match': `"${mine.version}"`} : {};
  try {
    await hallcast.api('POST', `/api/v1/counters/${chooser.value}/${action}`, body ? JSON.stringify(body) : undefined, seen);
    hallcast.showError('');
  } catch (error) {
    refused = true;
    hallcast.showError(error.message);
  }
  busy = false;
  await look();
}

for (const button of document.querySelectorAll('[data-action]'))
  button.addEventListener('click', () => act(button.dataset.action));

document.getElementById('call-one').addEventListener('submit', (event) => {
  event.preventDefault();
  const ticket = document.getElementById('ticket-number').value.trim().toUpperCase();
  if (ticket) act('call', {ticket});
});

let untold = {};  // the notice that is being sent

document.getElementById('make-notice').addEventListener('submit', async (event) => {
  event.preventDefault();
  const fields = [...document.querySelectorAll('#notice-texts input')];
  const level = document.getElementById('notice-level');
  if (level.value === 'urgent' && !window.confirm(hallcast.word('urgent_sure'))) return;
  const notice = JSON.stringify({
    hall: document.getElementById('notice-everywhere').checked ? '' : hall,
    text: Object.fromEntries(fields.filter((f) => f.value.trim()).map((f) => [f.lang, f.value.trim()])),
    urgent: level.value === 'urgent',
    warning: level.value === 'warning',
    seconds: 60 * Number(document.getElementById('notice-minutes').value),
  });
  // Sent twice (a double click, or again after an answer that was lost) it is one notice.
  if (untold.notice !== notice) untold = {notice, key: crypto.getRandomValues(new Uint32Array(4)).join('-')};
  const outcome = await tell('POST', '/api/v1/notices', notice, {'Idempotency-Key': untold.key});
  if (outcome !== 'unknown') untold = {};
  if (outcome !== 'done') return;  // what was typed stays
  for (const field of fields) field.value = '';
  level.value = 'notice';
});

chooser.addEventListener('change', () => {
  localStorage.setItem('hallcast-counter', chooser.value);
  show();
});

document.addEventListener('keydown', (event) => {
  if (event.repeat || event.ctrlKey || event.altKey || event.metaKey || ['INPUT', 'SELECT'].includes(event.target.tagName)) return;
  const action = {n: 'call-next', r: 'recall', s: 'start', f: 'finish'}[event.key.toLowerCase()];
  const button = action && document.querySelector(`[data-action=${action}]`);
  if (button && !button.disabled) act(action);
});

document.addEventListener('hallcast-language', show);
look();
setInterval(() => busy || look(), 1000);
