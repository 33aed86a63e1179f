"""The engine under every fault that one machine can stage, and who looks whether it kept its promises."""
