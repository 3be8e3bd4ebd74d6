// Runs in the head, before anything is painted: a page never flashes in the wrong colours.
// The choice (auto, light, dark) is kept in this browser; auto follows the system, also while the page is open.
(() => {
  const key = 'theme';
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const chosen = () => { try { return localStorage.getItem(key) ?? 'auto'; } catch { return 'auto'; } };
  const apply = () => {
    const choice = chosen();
    document.documentElement.dataset.bsTheme = choice === 'auto' ? (dark.matches ? 'dark' : 'light') : choice;
  };
  apply();
  dark.addEventListener('change', apply);

  customElements.define('poa-theme', class extends HTMLElement {
    connectedCallback() {
      const select = document.createElement('select');
      select.className = 'form-select form-select-sm';
      select.setAttribute('aria-label', 'Colours');
      for (const [value, text] of [['auto', 'As the system'], ['light', 'Light'], ['dark', 'Dark']]) {
        select.add(new Option(text, value, false, value === chosen()));
      }
      select.addEventListener('change', () => {
        try { localStorage.setItem(key, select.value); } catch { /* no storage: the choice lasts as long as the page */ }
        apply();
        if (select.value !== 'auto') document.documentElement.dataset.bsTheme = select.value;
      });
      this.replaceChildren(select);
    }
  });
})();
