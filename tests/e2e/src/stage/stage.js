// Plays a situation on the real widget: presses what the shopper pressed, then lets nothing more happen.
(() => {
  const play = JSON.parse(document.documentElement.dataset.play);

  // A clock that stands still: what would take a second or more never comes, so a countdown can be looked at.
  if (play.clock === 'stands') {
    const start = window.setTimeout;
    window.setTimeout = (act, ms, ...rest) => (ms >= 1000 ? 0 : start(act, ms, ...rest));
  }

  // Nothing leaves the page; where it would have gone is noted.
  window.redirects = [];
  document.addEventListener('aftercart-redirect', (event) => {
    window.redirects.push(event.detail.url);
    event.preventDefault();
  });

  const offer = () => document.querySelector('aftercart-offer');
  const find = (selector) => offer()?.shadowRoot?.querySelector(selector);
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  const until = async (question) => {
    while (!question()) await frame();
  };
  const isUp = () => {
    const dialog = find('dialog');
    return !dialog || dialog.open || ['hidden', 'error', 'loading'].includes(play.state);
  };

  addEventListener('DOMContentLoaded', async () => {
    for (const step of play.steps) {
      await until(() => find(`${step}:not([aria-disabled])`) && isUp());
      find(step).click();
    }
    await until(() => offer()?.dataset.state === play.state && find(play.shows) && isUp());
    await frame();
    await frame();
    document.documentElement.dataset.stage = 'ready';
    window.parent?.postMessage('ready', '*');
  });
})();
