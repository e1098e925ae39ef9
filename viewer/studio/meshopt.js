// Empty on purpose: naming a decoder file switches on the one inside model-viewer.
