/** The link from a mail carries its secret behind the #, where no log has it: it goes into the form, and out of sight. */

const field = document.querySelector("#link");
const input = field?.querySelector("input");
const secret = location.hash.slice(1);

if (input && secret) {
  input.value = secret;
  history.replaceState(null, "", location.pathname);
}
if (field && input?.value) field.hidden = true;
