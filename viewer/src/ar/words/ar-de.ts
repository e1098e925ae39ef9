import type { ArWords } from "./ar-en.ts";

export const words: ArWords = {
  seekFloor: "Bewege dein Telefon langsam über den Boden",
  seekWall: "Bewege dein Telefon langsam an der Wand entlang",
  adjust: "Ziehen zum Verschieben, zwei Finger zum Drehen",
  adjustSize: "Ziehen zum Verschieben, zwei Finger zum Drehen und Vergrößern",
  noSurface: "Noch nichts gefunden. Mehr Licht hilft, und eine Fläche mit Muster.",
  lost: "Der Raum ist aus dem Blick. Kurz stillhalten, dann langsam bewegen.",
  close: "AR beenden",
  interrupted: "AR wurde unterbrochen.",
  goOn: "Weiter",
  refused:
    "AR hat keine Kamera bekommen. Erlaube sie dieser Seite in den Einstellungen und lade die Seite neu.",
  refusedNext: "AR hat keine Kamera bekommen. Tippe noch einmal: Die Google-App zeigt es auch.",
  reload: "Neu laden",
  title: "Sieh es in deinem Raum",
  scan: "Richte die Kamera deines Telefons auf diesen Code. Dort öffnet sich die Seite, AR ist einen Tipp entfernt.",
  code: "QR-Code mit der Adresse dieser Seite",
  local:
    "Diese Adresse gilt nur auf diesem Computer. Öffne die Seite unter einer, die dein Telefon erreicht.",
  copy: "Link kopieren",
  copied: "Kopiert",
  dismiss: "Schließen",
  later: "Jetzt nicht",
  loading: "Das 3D-Modell wird geladen …",
  sorry: "Hier lässt es sich nicht in deinem Raum zeigen",
  inApp: "Der Browser dieser App kann kein AR. Öffne die Seite im Browser deines Telefons.",
  noFile: "Für dieses Telefon gibt es noch keine AR-Datei dieses Produkts.",
  insecure: "AR braucht eine sichere Verbindung (https).",
  framed: "Die Seite ringsum erlaubt kein AR. Öffne die eigene Seite des Produkts.",
  unsupported: "Dieser Browser oder dieses Gerät kann kein AR.",
};
