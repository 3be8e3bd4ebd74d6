// Tells a chart's owner which points were clicked or dragged over. The chart library's own subscription fails when a click ends an
// empty selection, which takes the click with it; and it sends whole points where their numbers do.
export function watch(id, owner) {
  const plot = document.getElementById(id);
  const numbers = points => points.map(p => [p.curveNumber, Array.isArray(p.pointNumber) ? p.pointNumber[0] * p.data.x.length + p.pointNumber[1] : p.pointNumber]);
  plot.on('plotly_click', event => owner.invokeMethodAsync('TouchedAsync', false, numbers(event.points)));
  plot.on('plotly_selected', event => { if (event?.points.length) owner.invokeMethodAsync('TouchedAsync', true, numbers(event.points)); });
}
