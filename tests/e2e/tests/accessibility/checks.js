// Looks at the widget from inside the page. Every check answers a list of complaints.
window.checks ??= (() => {
  const host = () => document.querySelector('aftercart-offer');
  const name = (element) => `${element.localName}${element.part?.value ? `[${element.part.value}]` : ''} “${(element.innerText ?? '').slice(0, 40)}”`;
  const isSeen = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && !element.closest('.spoken');
  const everything = () => [...host().shadowRoot.querySelectorAll('.base *')].filter(isSeen);
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));

  /** Puts a theme and a colour scheme on, and waits until they are. */
  const wear = async (theme, scheme) => {
    const sheet = document.querySelector('#worn') ?? document.head.appendChild(Object.assign(document.createElement('style'), { id: 'worn' }));
    sheet.textContent = theme === 'default' ? '' : await (await fetch(`/style/${theme}.css`)).text();
    document.documentElement.dataset.scheme = scheme;
    host().setAttribute('theme', scheme);
    await frame();
  };
  const inEveryLook = async (looks, check) => {
    const found = [];
    for (const [theme, scheme] of looks) {
      await wear(theme, scheme);
      found.push(...(await check()).map((line) => `${theme} ${scheme}: ${line}`));
    }
    return found;
  };

  /** A colour as red, green, blue and alpha, each up to 1, however the style spells it. */
  const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
  const paint = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data].map((part) => part / 255);
  };
  const over = ([r, g, b, a], under) => [r, g, b].map((part, at) => part * a + under[at] * (1 - a));
  const light = (colour) => {
    const [r, g, b] = colour.map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ratio = (one, other) => {
    const [low, high] = [light(one), light(other)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };
  const parent = (element) => element.parentElement ?? element.getRootNode().host;
  /** What one sees behind an element's own text, with every layer that lets something through. */
  const ground = (element) => {
    if (!element) return paint(getComputedStyle(document.documentElement).backgroundColor).slice(0, 3);
    const own = paint(getComputedStyle(element).backgroundColor);
    return own[3] === 1 ? own.slice(0, 3) : over(own, ground(parent(element)));
  };
  const isOff = (element) => element.closest('[aria-disabled=true], :disabled') !== null;
  const hasText = (element) => [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());

  const contrast = () => {
    const found = [];
    const demand = (element, what, colour, under, least) => {
      const reached = ratio(over(paint(colour), under), under);
      if (reached < least) found.push(`${name(element)}: ${what} ${reached.toFixed(2)} of ${least}`);
    };
    for (const element of everything().filter((element) => !isOff(element))) {
      const style = getComputedStyle(element);
      const behind = ground(element);
      if (hasText(element)) demand(element, 'text', style.color, behind, 4.5);
      if (element.matches('li')) demand(element, 'mark', getComputedStyle(element, '::before').color, behind, 3);
      if (element.matches('.icon')) demand(element, 'icon', style.color, behind, 3);
      if (!element.matches('button, a, input')) continue;
      // A control is told from its surroundings by its border or by its ground.
      const around = ground(parent(element));
      const isFilled = ratio(behind, around) >= 3;
      if (element.matches('.close')) demand(element, 'sign', style.color, behind, 4.5);
      else if (!isFilled && !element.matches('[type=radio], [type=checkbox]')) demand(element, 'border', style.borderTopColor, around, 3);
      element.focus({ focusVisible: true });
      const ring = getComputedStyle(element);
      if (ring.outlineStyle === 'none') found.push(`${name(element)}: no focus ring`);
      demand(element, 'focus ring', ring.outlineColor, around, 3);
    }
    return found;
  };

  const targets = () => {
    const found = [];
    for (const control of everything().filter((element) => element.matches('button, a, input'))) {
      const { width, height } = (control.closest('label') ?? control).getBoundingClientRect();
      if (width < 24 || height < 24) found.push(`${name(control)}: ${width} by ${height} pixels`);
    }
    return found;
  };

  const overflow = () => {
    const found = [];
    const page = document.documentElement;
    if (page.scrollWidth > page.clientWidth) found.push(`the page scrolls sideways: ${page.scrollWidth} in ${page.clientWidth}`);
    for (const element of [host(), ...everything()]) {
      // A clipping ancestor would hide it; a text that sticks out covers its neighbour.
      if (element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).display !== 'inline' && !element.matches('input')) {
        found.push(`${name(element)}: ${element.scrollWidth} wide in ${element.clientWidth}`);
      }
      if (element.matches('button, a') && element.scrollHeight > element.clientHeight + 1) {
        found.push(`${name(element)}: ${element.scrollHeight} high in ${element.clientHeight}`);
      }
    }
    const card = host().shadowRoot.querySelector('.card')?.getBoundingClientRect();
    for (const element of everything().filter(hasText)) {
      const words = document.createRange();
      words.selectNodeContents(element);
      for (const box of words.getClientRects()) {
        if (card && (box.left < card.left - 1 || box.right > card.right + 1)) found.push(`${name(element)} sticks out of the card`);
      }
    }
    return found;
  };

  /** In forced colours a ground says nothing: what can be pressed has a border, and the focus a ring. */
  const forced = () => {
    const found = [];
    if (!matchMedia('(forced-colors: active)').matches) found.push('colours are not forced');
    for (const control of everything().filter((element) => element.matches('button, a, input'))) {
      const { borderTopStyle, borderTopWidth, borderTopColor, backgroundColor } = getComputedStyle(control);
      const isDrawn = borderTopStyle !== 'none' && parseFloat(borderTopWidth) >= 1 && borderTopColor !== backgroundColor;
      if (!isDrawn && !control.matches('[type=radio], [type=checkbox]')) found.push(`${name(control)}: no border`);
      control.focus({ focusVisible: true });
      const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(control);
      if (outlineStyle === 'none' || parseFloat(outlineWidth) < 2 || paint(outlineColor)[3] < 0.5) found.push(`${name(control)}: no focus ring`);
    }
    const card = host().shadowRoot.querySelector('.card');
    if (card && parseFloat(getComputedStyle(card).borderTopWidth) < 1) found.push('the card has no border');
    return found;
  };

  /** Nothing changes slowly and nothing turns. */
  const motion = () => {
    const found = [];
    for (const element of everything()) {
      for (const pseudo of [null, '::before']) {
        const { animationName, transitionDuration } = getComputedStyle(element, pseudo);
        const moves = animationName !== 'none' || transitionDuration.split(', ').some((time) => parseFloat(time) > 0);
        if (moves) found.push(`${name(element)}${pseudo ?? ''} moves`);
      }
    }
    return found;
  };

  const axe = async (rules) => {
    const { violations } = await window.axe.run({ runOnly: rules, resultTypes: ['violations'] });
    return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.flat().at(-1)} ${node.failureSummary}`));
  };

  return { axe, inEveryLook, contrast, targets, overflow, forced, motion };
})();
