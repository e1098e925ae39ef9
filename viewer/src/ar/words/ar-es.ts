import type { ArWords } from "./ar-en.ts";

export const words: ArWords = {
  seekFloor: "Mueve el teléfono despacio sobre el suelo",
  seekWall: "Mueve el teléfono despacio a lo largo de la pared",
  adjust: "Arrastra para moverlo, dos dedos para girarlo",
  adjustSize: "Arrastra para moverlo, dos dedos para girarlo o agrandarlo",
  noSurface: "Aún no se encuentra nada. Ayuda más luz, o una superficie que no sea lisa.",
  lost: "Se perdió de vista la habitación. Detente y mueve el teléfono despacio.",
  close: "Cerrar la RA",
  interrupted: "La RA se interrumpió.",
  goOn: "Seguir",
  refused:
    "La RA no obtuvo la cámara. Permítela para esta página en los ajustes del navegador y recarga la página.",
  refusedNext: "La RA no obtuvo la cámara. Toca otra vez: la app de Google también lo muestra.",
  reload: "Recargar",
  title: "Míralo en tu habitación",
  scan: "Apunta a este código con la cámara del teléfono. Allí se abre la página, con la RA a un toque.",
  code: "Código QR con la dirección de esta página",
  local:
    "Esta dirección solo vale en este ordenador. Abre la página con una dirección a la que llegue tu teléfono.",
  copy: "Copiar el enlace",
  copied: "Copiado",
  dismiss: "Cerrar",
  later: "Ahora no",
  loading: "Cargando el modelo 3D…",
  sorry: "Aquí no se puede mostrar en tu habitación",
  inApp: "El navegador de esta app no tiene RA. Abre la página en el navegador del teléfono.",
  noFile: "Aún no hay un archivo de RA de este producto para este teléfono.",
  insecure: "La RA necesita una conexión segura (https).",
  framed: "La página que rodea a esta no permite la RA. Abre la página del producto.",
  unsupported: "Este navegador o este dispositivo no tiene RA.",
};
