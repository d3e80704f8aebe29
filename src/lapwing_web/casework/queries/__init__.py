"""What each person may see of casework."""
