// The clerk's page: one counter of one hall.
'use strict';

const hall = new URLSearchParams(location.search).get('hall') || 'main';
const chooser = document.getElementById('counter');
let state = null;
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

function show() {
  if (!state) return;
  fillChooser();
  const mine = counter();
  const activity = mine ? mine.activity.replace('COUNTER_ACTIVITY_', '') : 'CLOSED';
  document.getElementById('ticket').textContent = (mine && mine.ticket) || '–';
  document.getElementById('activity').textContent = hallcast.word(activity);
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
}

async function look() {
  try {
    state = await hallcast.api('GET', '/api/v1/halls/' + encodeURIComponent(hall));
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
  try {
    await hallcast.api('POST', `/api/v1/counters/${chooser.value}/${action}`, body ? JSON.stringify(body) : undefined);
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
