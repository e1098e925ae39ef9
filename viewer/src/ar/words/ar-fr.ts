import type { ArWords } from "./ar-en.ts";

export const words: ArWords = {
  seekFloor: "Déplacez lentement le téléphone au-dessus du sol",
  seekWall: "Déplacez lentement le téléphone le long du mur",
  adjust: "Glissez pour déplacer, deux doigts pour tourner",
  adjustSize: "Glissez pour déplacer, deux doigts pour tourner ou agrandir",
  noSurface: "Rien trouvé pour l’instant. Plus de lumière aide, ou une surface qui n’est pas unie.",
  lost: "La pièce est perdue de vue. Arrêtez-vous, puis bougez lentement le téléphone.",
  close: "Quitter la RA",
  interrupted: "La RA a été interrompue.",
  goOn: "Reprendre",
  refused:
    "La RA n’a pas eu accès à la caméra. Autorisez-la pour cette page dans les réglages, puis rechargez la page.",
  refusedNext: "La RA n’a pas eu accès à la caméra. Touchez encore : l’appli Google le montre aussi.",
  reload: "Recharger",
  title: "Voyez-le chez vous",
  scan: "Visez ce code avec l’appareil photo du téléphone. La page s’y ouvre, la RA est à un geste.",
  code: "Code QR avec l’adresse de cette page",
  local:
    "Cette adresse ne vaut que sur cet ordinateur. Ouvrez la page à une adresse que votre téléphone peut joindre.",
  copy: "Copier le lien",
  copied: "Copié",
  dismiss: "Fermer",
  later: "Pas maintenant",
  loading: "Chargement du modèle 3D…",
  sorry: "Impossible de le montrer chez vous ici",
  inApp: "Le navigateur de cette application n’a pas de RA. Ouvrez la page dans le navigateur du téléphone.",
  noFile: "Il n’y a pas encore de fichier RA de ce produit pour ce téléphone.",
  insecure: "La RA demande une connexion sécurisée (https).",
  framed: "La page autour de celle-ci n’autorise pas la RA. Ouvrez la page du produit.",
  unsupported: "Ce navigateur ou cet appareil n’a pas de RA.",
};
