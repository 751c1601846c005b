// Gives every frame the height of what is played in it, and plays anew when another scene is chosen.
const form = document.querySelector('form');
form?.addEventListener('change', () => form.submit());

const frames = [...document.querySelectorAll('iframe')];
const isDialog = document.documentElement.dataset.placement === 'dialog';

addEventListener('message', (event) => {
  const frame = frames.find((frame) => frame.contentWindow === event.source);
  if (!frame || event.data !== 'ready') return;
  const inside = frame.contentDocument.documentElement;
  const dialog = isDialog && frame.contentDocument.querySelector('aftercart-offer').shadowRoot.querySelector('dialog[open]');
  frame.style.blockSize = `${dialog ? dialog.scrollHeight + 64 : inside.querySelector('body').offsetHeight}px`;
  frame.dataset.ready = '';
  if (frames.every((frame) => 'ready' in frame.dataset)) document.documentElement.dataset.stage = 'ready';
});
