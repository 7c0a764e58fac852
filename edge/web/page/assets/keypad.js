// Big keys for a code and a PIN. They write into the field that had the focus last; a keyboard goes on working, and Enter
// goes from the code to the PIN before it sends. A touch screen's own keyboard would cover the form, so it stays away.

for (const form of document.querySelectorAll("[data-keypad]")) {
  const [code, pin] = [form.elements.code, form.elements.pin];
  let field = code.value ? pin : code;
  form.querySelector("[data-keys]").hidden = false;
  for (const f of [code, pin]) {
    f.inputMode = "none";
    f.addEventListener("focus", () => { field = f; });
  }
  code.addEventListener("keydown", (ev) => {
    if (ev.key !== "Enter" || pin.value) return;
    ev.preventDefault();
    if (code.value) pin.focus();
  });
  form.addEventListener("click", (ev) => {
    const key = ev.target.closest("[data-digit], [data-back]");
    if (!key) return;
    if (!key.dataset.digit && !field.value && field === pin) field = code;
    field.value = key.dataset.digit ? (field.value + key.dataset.digit).slice(0, field.maxLength) : field.value.slice(0, -1);
    if (field === code && code.value.length === 3) field = pin; // "007"; a keyboard's "7" ends with Enter or a press on the PIN
    field.focus();
  });
}
