// Keys on the review page: Alt+R asks for a new scan, Alt+B says blank. Enter in the field sends, as in any form.
document.addEventListener('keydown', function (event) {
  if (!event.altKey) { return; }
  var button = document.querySelector('[data-key="' + event.key.toLowerCase() + '"]');
  if (button) { event.preventDefault(); button.click(); }
});
