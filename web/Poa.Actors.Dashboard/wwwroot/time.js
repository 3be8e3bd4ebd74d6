// <poa-time datetime="2026-11-23T21:55:00Z" relative>2026-11-23 21:55 UTC</poa-time>: the moment in the viewer's zone and language, and how
// long ago it was, kept up to date without asking the server. What the server wrote between the tags stays for readers without scripts.
(() => {
  const absolute = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
  const exact = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'long' });
  const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
  const units = [['day', 86400], ['hour', 3600], ['minute', 60]];

  const ago = date => {
    const seconds = (date - Date.now()) / 1000;
    const [unit, size] = units.find(([, size]) => Math.abs(seconds) >= size) ?? ['second', 1];
    return Math.abs(seconds) < 10 ? 'just now' : relative.format(Math.round(seconds / size), unit);
  };

  class Time extends HTMLElement {
    static observedAttributes = ['datetime', 'relative'];

    connectedCallback() {
      if (!this.shadowRoot) this.attachShadow({ mode: 'open' }).append(document.createElement('time'));
      this.timer = setInterval(() => this.draw(), 15000);
      this.draw();
    }

    disconnectedCallback() { clearInterval(this.timer); }

    attributeChangedCallback() { this.draw(); }

    draw() {
      const time = this.shadowRoot?.firstElementChild;
      const date = new Date(this.getAttribute('datetime'));
      if (!time || isNaN(date)) return;
      const days = Math.abs(date - Date.now()) / 86400000;
      time.dateTime = date.toISOString();
      time.title = exact.format(date);
      time.textContent = this.hasAttribute('relative') && days < 7 ? ago(date) : absolute.format(date);
    }
  }

  customElements.define('poa-time', Time);
})();
